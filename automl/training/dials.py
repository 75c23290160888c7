"""Hyperparameters that change no shape: dials of a compiled program, turned from trial to trial.

A dial is an attribute that a layer, a loss or an optimizer reads in its computation. While a program is
traced the attribute holds an argument of the program instead of a number, so the next trial needs no new
program to have another dropout rate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers

from automl.private_keras import all_layers, loss_arguments, noise_shape
from automl.training.masks import kept_units

_RANGE = ("height_lower", "height_upper", "width_lower", "width_upper")

ATTRIBUTES: Mapping[type[Any], tuple[str, ...]] = {
    layers.Dropout: ("rate",),
    layers.GaussianNoise: ("stddev",),
    layers.RandomTranslation: _RANGE,
    layers.RandomZoom: _RANGE,
    layers.RandomRotation: ("factor",),
    layers.RandomContrast: ("factor",),
    layers.RandomErasing: ("scale",),
    keras.optimizers.Optimizer: ("weight_decay", "adam_weight_decay"),
    keras.optimizers.SGD: ("momentum",),
    keras.optimizers.RMSprop: ("rho",),
    keras.losses.Loss: ("label_smoothing",),
}
"""Attributes of Keras' own classes that are dials, where they hold a number other than 0. Layers of other
packages name theirs in a class attribute ``dials``."""

CONFIG: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), ("rate",)),
    "GaussianNoise": ("stddev",),
    "MultiHeadAttention": ("dropout",),
}
"""The same as entries of configurations, by class; other layers name theirs in ``dials_of_config``."""


@dataclass(frozen=True, kw_only=True)
class Dial:
    """One number that a program takes as an argument.

    Attributes:
        owner: the object, or the dictionary, that holds it.
        name: attribute or key.
        place: position when the attribute holds several numbers, else None.
        value: the number.
    """

    owner: Any
    name: str
    place: int | None
    value: float


class Number:
    """An argument of a program where code expects a positive number.

    Code such as ``if rate > 0`` gets its answer from the structure: the number is not 0.

    Args:
        tensor: scalar tensor of the backend.
    """

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __gt__(self, other: float) -> bool:
        return other <= 0

    def __mul__(self, other: Any) -> Any:
        return self.tensor * other

    def __truediv__(self, other: Any) -> Any:
        return self.tensor / other

    def __rsub__(self, other: Any) -> Any:
        return other - self.tensor

    __rmul__ = __mul__

    def __tf_tensor__(self, dtype: Any = None, name: str | None = None) -> Any:
        return self.tensor

    def __jax_array__(self) -> Any:
        return self.tensor


def find_dials(model: keras.Model, loss: keras.losses.Loss) -> tuple[Dial, ...]:
    """Return the dials of layers and loss in an order that equal structures share."""
    return tuple(dial for owner in (*all_layers(model), *_all_losses(loss)) for dial in _dials(owner))


def optimizer_dials(optimizer: Any) -> tuple[Dial, ...]:
    """Return the dials of an optimizer."""
    return tuple(_dials(getattr(optimizer, "inner_optimizer", optimizer)))


@contextmanager
def turned(dials: Sequence[Dial], values: Any) -> Iterator[None]:
    """Let each dial hold an element of ``values``, a vector of the backend, within the context."""
    before = [(dial, _get(dial)) for dial in dials]
    try:
        for position, dial in enumerate(dials):
            _set(dial, values[position])
        yield
    finally:
        for dial, value in reversed(before):
            _put(dial, value)


def prepare(model: keras.Model, *, quick: bool = False) -> None:
    """Make layers of a program's own model read a rate that is a tensor.

    Keras' dropout and noise refuse to compare a tensor with 0, so their calls are replaced.

    Args:
        model: of the program.
        quick: whether dropout draws from ``masks`` instead of Keras' generator; JAX only.
    """
    for layer in all_layers(model):
        if isinstance(layer, layers.Dropout) and layer.rate > 0:
            layer.call = _Dropout(layer, quick=quick)
        elif isinstance(layer, layers.GaussianNoise) and layer.stddev > 0:
            layer.call = _GaussianNoise(layer)


def masked_entries(model: keras.Model) -> dict[str, tuple[str, ...]]:
    """Entries of configurations that hold dials, by name of the layer's class."""
    own = {
        type(layer).__name__: layer.dials_of_config
        for layer in all_layers(model)
        if hasattr(layer, "dials_of_config")
    }
    return {**CONFIG, **own}


def masked_losses(loss: keras.losses.Loss) -> dict[str, tuple[str, ...]]:
    """Entries of configurations that hold dials, by class of the loss and of those that it joins."""
    return {type(item).__name__: tuple(_names(item)) for item in _all_losses(loss)}


class _Dropout:
    """Dropout with a rate that is a tensor; unless it is to be quick, it draws what Keras' own draws."""

    def __init__(self, layer: Any, *, quick: bool) -> None:
        self._layer, self._quick = layer, quick

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        kept = self._kept(inputs)
        scaled = inputs / (1 - keras.ops.cast(self._layer.rate, inputs.dtype))
        return keras.ops.where(kept, scaled, keras.ops.zeros_like(inputs))

    def _kept(self, inputs: Any) -> Any:
        shape, rate = self._shape(inputs), self._layer.rate
        if self._quick:
            return kept_units(self._layer.seed_generator.next(), shape, rate)
        if keras.backend.backend() == "jax":
            return keras.random.uniform(shape, dtype="float32", seed=self._layer.seed_generator) < 1 - rate
        kind = keras.backend.standardize_dtype(inputs.dtype)
        draw = keras.random.uniform(shape, dtype=kind, seed=self._layer.seed_generator)
        return draw >= keras.ops.cast(rate, kind)

    def _shape(self, inputs: Any) -> Any:
        own, shape = noise_shape(self._layer, inputs), keras.ops.shape(inputs)
        return (
            shape if own is None else [shape[at] if size is None else size for at, size in enumerate(own)]
        )


class _GaussianNoise:
    def __init__(self, layer: Any) -> None:
        self._layer = layer

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        layer = self._layer
        noise = keras.random.normal(
            keras.ops.shape(inputs), dtype=layer.compute_dtype, seed=layer.seed_generator
        )
        return inputs + noise * keras.ops.cast(layer.stddev, layer.compute_dtype)


def _all_losses(loss: Any) -> list[Any]:
    """A loss, and those that it joins: a mapping ``losses`` of its own holds them."""
    inner = getattr(loss, "losses", None)
    joined = inner.values() if isinstance(inner, Mapping) else ()
    return [loss, *(item for part in joined for item in _all_losses(part))]


def _names(owner: Any) -> dict[str, None]:
    """Attributes that are dials where they are numbers other than 0, in order."""
    names = [name for kind, own in ATTRIBUTES.items() if isinstance(owner, kind) for name in own]
    return dict.fromkeys([*names, *getattr(owner, "dials", ())])


def _dials(owner: Any) -> Iterator[Dial]:
    for name in _names(owner):
        holder = _holder(owner, name)
        value = holder.get(name)
        for place, number in enumerate(value) if isinstance(value, tuple | list) else [(None, value)]:
            if isinstance(number, int | float | np.number) and number != 0:
                yield Dial(owner=holder, name=name, place=place, value=float(number))


def _holder(owner: Any, name: str) -> dict[str, Any]:
    """The dictionary in which the attribute stands: Keras' plain losses keep theirs in one of their own."""
    own: dict[str, Any] = vars(owner)
    inner = loss_arguments(owner)
    return inner if inner is not None and name in inner else own


def _get(dial: Dial) -> Any:
    return dial.owner[dial.name]


def _put(dial: Dial, value: Any) -> None:
    dial.owner[dial.name] = value


def _set(dial: Dial, tensor: Any) -> None:
    wrapped = Number(tensor) if dial.name in ("label_smoothing", "momentum") else tensor
    if dial.place is None:
        return _put(dial, wrapped)
    values = list(_get(dial))
    values[dial.place] = wrapped
    return _put(dial, tuple(values))
