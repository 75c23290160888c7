"""A network that was trained before, fine-tuned, as what comes ahead of the task's head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError, suggest
from automl.core.shaping import shaping
from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.augmentation import AugmentationOptions, augment
from automl.pretrained.fitting import fitted
from automl.pretrained.opening import network_of

if TYPE_CHECKING:
    import keras

TRAINED = ("none", "last", "all")

_LAST = 0.25
"""Share of the blocks that counts as the last ones."""


@dataclass(frozen=True, kw_only=True)
class BackboneOptions(AugmentationOptions):
    """What is taken from the network, and how it is trained.

    Attributes:
        pretrained: name of a pretrained network, or path of a Keras model (``.keras``) of one image.
        pixel_values: what a file expects: ``raw`` (0..255, the file does its own scaling), ``unit``
            (0..1), ``signed`` (-1..1) or ``normalised`` (zero mean, unit variance).
        layer: name of the layer whose output is taken; empty takes the output of a model that ends in a
            map, else what enters its last dense layer.
        side: pixels that the longer side of pictures is brought to for the network; 0 leaves it.
        trained: which of its blocks are fine-tuned: ``none``, the ``last`` quarter or ``all``. Statistics
            of normalisations stay as they are.
        rate_share: learning rate of the last block, as a share of the head's.
        rate_decay: rate of each block as a share of that of the block behind it (Howard and Ruder, 2018).
    """

    pretrained: str = ""
    pixel_values: str = "raw"
    layer: str = ""
    side: int = 0
    trained: str = "none"
    rate_share: float = shaping(0.1)
    rate_decay: float = shaping(1.0)


def build(inputs: Inputs, options: BackboneOptions) -> Features:
    """Build from ``image`` to ``map`` or ``vector``, as the network gives.

    Raises:
        ConfigError: no network is given, it is no Keras model, or not one for pictures such as these.
    """
    if not options.pretrained:
        raise ConfigError(
            "The family 'backbone' starts from a pretrained network, and none is given. "
            "Name one, or a Keras model file, with --pretrained."
        )
    network = network_of(options.pretrained, options.pixel_values)
    backbone = network.model(options.layer)
    _choose_trained(backbone, network.blocks, options)
    pictures = inputs.one("image")
    image = augment(pictures.tensor, options)
    given = backbone(fitted(image, pictures.spec.facts, network, backbone, options.side), training=False)
    return {"map" if len(given.shape) == 4 else "vector": given}


def _choose_trained(
    backbone: keras.Model, blocks: Sequence[Sequence[str]], options: BackboneOptions
) -> None:
    """Freeze blocks, and let each other one learn at a rate of its own, without decay towards 0."""
    names = {layer.name for layer in backbone.layers}
    present = [[backbone.get_layer(name) for name in block if name in names] for block in blocks]
    used = [block for block in present if block]
    frozen = len(used) - _trained_blocks(options.trained, len(used))
    for place, block in enumerate(used):
        for layer in block:
            layer.trainable = place >= frozen
            for weight in layer.weights:
                weight.rate_share = options.rate_share * options.rate_decay ** (len(used) - 1 - place)
                weight.decayed = False


def _trained_blocks(trained: str, blocks: int) -> int:
    if trained not in TRAINED:
        raise ConfigError(f"Unknown trained {trained!r}. {suggest(trained, TRAINED)}")
    return {"none": 0, "last": max(1, round(_LAST * blocks)), "all": blocks}[trained]


FAMILY = Family(
    name="image/backbone",
    slots=(Slot(kind="image", least=1),),
    gives=("map", "vector"),
    options=BackboneOptions,
    build=build,
    necks={"map_summary": {}, "dense": {}},
    awaits="pretrained",
)
