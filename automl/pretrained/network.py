"""A network that was trained before, as data: its layers as Keras writes them down, and its weights.

Every trial builds a copy of its own. Reading a file for each would take longer than that, and a model that
is only sketched, to tell how much memory it takes, has no variables that a file could be read into.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers

from automl.core.errors import ConfigError, suggest

MOST_BLOCKS = 8
"""Groups that the layers of a file are divided into."""

_ZEROS: Mapping[str, Any] = {
    "module": "keras.initializers",
    "class_name": "Zeros",
    "config": {},
    "registered_name": None,
}


@dataclass(frozen=True, kw_only=True)
class Values:
    """What pixel values a network takes: ``(pixel - mean) / deviation`` of pixels from 0 to 255."""

    mean: float
    deviation: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """A network that was trained before.

    Attributes:
        name: what it is called in messages.
        layers: a functional model of one image ``(n, height, width, channels)``, as Keras serialises it.
        weights: its values, in the order of ``model.weights``.
        blocks: names of the layers that have weights, in groups from the image on.
        values: what pixel values it takes; None for those of mean 0 and deviation 1 over the job's images.
    """

    name: str
    layers: Mapping[str, Any]
    weights: tuple[np.ndarray, ...]
    blocks: tuple[tuple[str, ...], ...]
    values: Values | None

    def model(self, layer: str = "") -> keras.Model:
        """Build a copy up to its features, ``map`` or ``vector``, with all weights and nothing frozen.

        Each variable bears its first value as ``given``: no seed draws another one.

        Args:
            layer: name of the layer whose output is taken; empty takes the output of a network that ends
                in a map, else what enters its last dense layer.

        Raises:
            ConfigError: there is no such layer, or it gives neither a map nor a vector.
        """
        whole = keras.saving.deserialize_keras_object(_without_draws(self.layers), safe_mode=True)
        for variable, value in zip(whole.weights, self.weights, strict=True):
            variable.assign(value)
            variable.given = value
        return keras.Model(whole.inputs[0], self._features(whole, layer), name="backbone")

    def _features(self, model: keras.Model, layer: str) -> KerasTensor:
        names = [item.name for item in model.layers]
        if layer and layer not in names:
            raise ConfigError(f"{self.name} has no layer {layer!r}. {suggest(layer, names)}")
        tensor = model.get_layer(layer).output if layer else _penultimate(model)
        if isinstance(tensor, KerasTensor) and len(tensor.shape) in (2, 4):
            return tensor
        shape = tuple(tensor.shape[1:]) if isinstance(tensor, KerasTensor) else "several outputs"
        raise ConfigError(
            f"{self.name}: expected features of shape (features) or (height, width, channels), "
            f"got {shape}. Name another layer with --set layer=NAME."
        )


def network_from(
    model: keras.Model,
    *,
    name: str,
    values: Values | None,
    blocks: Sequence[Sequence[str]] = (),
) -> Network:
    """Take a model down as data.

    Args:
        model: functional, of one image.
        name: see ``Network``.
        values: see ``Network``.
        blocks: see ``Network``; by default the layers that have weights, in groups of equal size.
    """
    weighted = [layer.name for layer in model.layers if layer.weights]
    return Network(
        name=name,
        layers=keras.saving.serialize_keras_object(model),
        weights=tuple(keras.ops.convert_to_numpy(item) for item in model.weights),
        blocks=tuple(map(tuple, blocks)) or _grouped(weighted),
        values=values,
    )


def _grouped(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    parts = np.array_split(np.arange(len(names)), min(MOST_BLOCKS, max(1, len(names))))
    return tuple(tuple(names[place] for place in part) for part in parts)


def _penultimate(model: keras.Model) -> KerasTensor:
    if len(model.outputs[0].shape) == 4:
        return model.outputs[0]
    dense = [item for item in model.layers if isinstance(item, layers.Dense)]
    return dense[-1].input if dense else model.outputs[0]


def _without_draws(value: Any) -> Any:
    """A configuration whose initialisers draw nothing: the weights are there already."""
    if isinstance(value, Mapping):
        return {
            key: _ZEROS if item is not None and str(key).endswith("initializer") else _without_draws(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return type(value)(_without_draws(item) for item in value)
    return value
