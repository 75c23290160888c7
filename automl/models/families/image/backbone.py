"""A network from a local Keras model file, frozen or fine-tuned, as what comes ahead of the task's head."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import keras
from keras import layers

from automl.core.errors import ConfigError, suggest
from automl.core.tensors import Inputs, Pixels
from automl.models.family import Family, Features, Slot
from automl.models.layers.augmentation import AugmentationOptions, augment

if TYPE_CHECKING:
    from keras import KerasTensor

HIGHEST = {"raw": None, "unit": 1.0, "signed": 2.0, "normalised": None}
"""What pixel values a file may expect: to how wide a range 0..255 is brought, where that is a scaling."""


@dataclass(frozen=True, kw_only=True)
class BackboneOptions(AugmentationOptions):
    """What is taken from the file.

    Attributes:
        model_file: path of a Keras model (``.keras``) with one image input.
        layer: name of the layer whose output is taken; empty takes the output of a model that ends in a
            map, else what enters its last dense layer.
        pixel_values: what the file expects: ``raw`` (0..255, the file does its own scaling), ``unit``
            (0..1), ``signed`` (-1..1) or ``normalised`` (zero mean, unit variance).
        trainable_layers: how many of the last layers with weights are fine-tuned; 0 freezes all. Batch
            statistics stay as they are.
    """

    model_file: str = ""
    layer: str = ""
    pixel_values: str = "raw"
    trainable_layers: int = 0


def build(inputs: Inputs, options: BackboneOptions) -> Features:
    """Build from ``image`` to ``map`` or ``vector``, as the file gives.

    Raises:
        ConfigError: no file is given, it is no Keras model, or not one for pictures such as these.
    """
    whole = _load(options.model_file)
    backbone = keras.Model(whole.inputs, _features(whole, options), name="backbone")
    _freeze(backbone, options.trainable_layers)
    pictures = inputs.one("image")
    image = _restore(augment(pictures.tensor, options), pictures.spec.facts, options.pixel_values)
    features = backbone(_fit_shape(image, whole, options.model_file), training=False)
    return {"map" if len(features.shape) == 4 else "vector": features}


def _load(path: str) -> keras.Model:
    if not path:
        raise ConfigError(
            "The family 'backbone' starts from a Keras model file of yours and none is given. "
            "Name it with --set model_file=PATH."
        )
    if not Path(path).is_file():
        raise ConfigError(f"model_file: expected a Keras model file (.keras), and there is no file {path}.")
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, OSError, KeyError, ImportError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ConfigError(f"model_file: {path} cannot be loaded as a Keras model: {reason}") from error
    if len(model.inputs) != 1 or len(model.inputs[0].shape) != 4 or len(model.outputs) != 1:
        raise ConfigError(
            f"model_file: expected a model from one image (height, width, channels) to one output, "
            f"{path} takes {[tuple(item.shape) for item in model.inputs]}."
        )
    return model


def _features(model: keras.Model, options: BackboneOptions) -> KerasTensor:
    names = [layer.name for layer in model.layers]
    if options.layer:
        if options.layer not in names:
            raise ConfigError(
                f"{options.model_file} has no layer {options.layer!r}. {suggest(options.layer, names)}"
            )
        tensor = model.get_layer(options.layer).output
    else:
        tensor = _penultimate(model)
    if len(tensor.shape) not in (2, 4):
        raise ConfigError(
            f"{options.model_file}: expected features of shape (features) or (height, width, channels), "
            f"got {tuple(tensor.shape[1:])}. Name another layer with --set layer=NAME."
        )
    return tensor


def _penultimate(model: keras.Model) -> KerasTensor:
    if len(model.outputs[0].shape) == 4:
        return model.outputs[0]
    dense = [layer for layer in model.layers if isinstance(layer, layers.Dense)]
    return dense[-1].input if dense else model.outputs[0]


def _freeze(backbone: keras.Model, trainable: int) -> None:
    weighted = [layer for layer in backbone.layers if layer.weights]
    frozen = weighted if trainable == 0 else weighted[:-trainable]
    for layer in frozen:
        layer.trainable = False


def _restore(image: KerasTensor, facts: Pixels | None, values: str) -> KerasTensor:
    """Undo the job's normalisation as far as the file wants other values."""
    if values not in HIGHEST:
        raise ConfigError(f"Unknown pixel_values {values!r}. {suggest(values, HIGHEST)}")
    if values == "normalised" or facts is None:
        return image
    factor = (HIGHEST[values] or 255.0) / 255.0
    shift = 1.0 if values == "signed" else 0.0
    scale = [deviation * factor for deviation in facts.deviation]
    offset = [mean * factor - shift for mean in facts.mean]
    return layers.Rescaling(scale, offset)(image)


def _fit_shape(image: KerasTensor, model: keras.Model, path: str) -> KerasTensor:
    """Bring pictures to the size and the channels of the file's input."""
    _, height, width, channels = model.inputs[0].shape
    if height and width and (height, width) != tuple(image.shape[1:3]):
        image = layers.Resizing(height, width, interpolation="bilinear", antialias=True)(image)
    if channels is None or channels == image.shape[-1]:
        return image
    if image.shape[-1] == 1:
        return layers.Concatenate()([image] * channels)
    raise ConfigError(
        f"model_file: {path} takes images with {channels} channel(s), these have {image.shape[-1]}."
    )


FAMILY = Family(
    name="image/backbone",
    slots=(Slot(kind="image", least=1),),
    gives=("map", "vector"),
    options=BackboneOptions,
    build=build,
    necks={"map_summary": {}, "dense": {}},
    default=False,
)
