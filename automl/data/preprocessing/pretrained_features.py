"""Features of pictures as a network that was trained before gives them, made once for all trials.

Kornblith, Shlens and Le, "Do better ImageNet models transfer better?", 2019: a linear model on the
features of a frozen network is hard to beat on few pictures. Nothing in the network changes, so a picture
goes through it once and not in every epoch of every trial.

n  pictures, f  features
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
from keras import KerasTensor, ops

from automl.core.tensors import TensorSpec
from automl.data.preprocessing.fixed_features import FixedFeatures, of_each
from automl.pretrained.fitting import fitted
from automl.pretrained.network import Network

SIDES = (224, 192, 160, 128, 96)
"""Pixels that pictures are resized to for the network, larger or smaller: the more, the better it sees."""

MOST_PIXELS = 5_000 * 160 * 160
"""Of all pictures together, as the network sees them; of many pictures each is made smaller."""


@dataclass(frozen=True, kw_only=True)
class View:
    """How a network sees pictures.

    Attributes:
        side: pixels of their longer side.
        mirrored: whether it sees the mirror image of each, too.
    """

    side: int
    mirrored: bool


def view_of(pictures: int, *, mirrored: bool) -> View:
    """Return how a network sees so many pictures.

    Args:
        pictures: how many there are.
        mirrored: whether mirror images show the same; of many they are left out.
    """
    twice = mirrored and 2 * pictures * SIDES[-1] ** 2 <= MOST_PIXELS
    passes = 2 * pictures if twice else pictures
    side = next((side for side in SIDES if passes * side * side <= MOST_PIXELS), SIDES[-1])
    return View(side=side, mirrored=twice)


@keras.saving.register_keras_serializable(package="automl")
class PretrainedFeatures(FixedFeatures):
    """From normalised pictures ``(n, height, width, c)`` to standardised features ``(n, f)``, in float32.

    Args:
        network: from such pictures to vectors ``(n, f)``.
        mirrored: whether the features are the mean of those of a picture and of its mirror image.
    """

    def __init__(self, network: keras.Model, *, mirrored: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network, self.mirrored = network, mirrored
        self.network.trainable = False

    @property
    def features(self) -> int:
        """How many there are."""
        return int(self.network.output_shape[-1])

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make room for mean and deviation."""
        self.make_scales()

    def call(self, image: KerasTensor) -> KerasTensor:
        """Compute the features."""
        return self.standardised(of_each(self._of_one, image))

    def _of_one(self, picture: KerasTensor) -> KerasTensor:
        """From one picture ``(height, width, c)`` to ``(f,)``."""
        if not self.mirrored:
            return self.network(picture[None], training=False)[0]
        both = ops.stack([picture, ops.flip(picture, axis=1)])
        return ops.mean(self.network(both, training=False), axis=0)

    def compute_output_spec(self, image: KerasTensor) -> KerasTensor:
        """``(n, f)`` float32."""
        return KerasTensor((image.shape[0], self.features), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer; weights are saved beside it."""
        network = keras.saving.serialize_keras_object(self.network)
        return {**super().get_config(), "network": network, "mirrored": self.mirrored}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> PretrainedFeatures:
        """Make the layer from what ``get_config`` gave."""
        network = keras.saving.deserialize_keras_object(config["network"])
        return cls(**{**config, "network": network})


def pretrained_features(network: Network, pictures: TensorSpec, view: View) -> PretrainedFeatures:
    """Return the layer for the pictures of a job.

    Args:
        network: what makes the features.
        pictures: the tensor of normalised pictures.
        view: how the network sees them.

    Raises:
        ConfigError: the network takes other pictures.
    """
    model = network.model()
    image = keras.Input(pictures.shape, name="image")
    given = model(fitted(image, pictures.facts, network, model, view.side), training=False)
    vector = keras.layers.GlobalAveragePooling2D()(given) if len(given.shape) == 4 else given
    core = keras.Model(image, vector, name=network.name.rpartition("/")[2].partition(".")[0] or "network")
    return PretrainedFeatures(core, mirrored=view.mirrored, name="pretrained_features")
