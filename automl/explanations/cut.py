"""Networks cut in two where gradients begin, or at their last map.

What is behind the cut is one function of all tensors at it, of every network at once: so attributions add
up to what the whole ensemble answers.

Symbols: n examples, k outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.explanations.anatomy import Anatomy, Call
from automl.private_keras import frontier, made_from

Stop: TypeAlias = Callable[[KerasTensor], bool]

Ends: TypeAlias = Callable[[list[Any]], Any]
"""From the raw outputs of all calls to one number for each example ``(n,)``."""


@dataclass(frozen=True, kw_only=True)
class Half:
    """One network, cut.

    Attributes:
        lower: from its inputs to the tensors at the cut.
        upper: from those to its outputs.
        inputs: positions of its inputs among the encoded tensors.
        varied: of each tensor at the cut, whether it is explained; the others stay as they are.
    """

    lower: keras.Function
    upper: keras.Function
    inputs: tuple[int, ...]
    varied: tuple[bool, ...]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """All networks of a model, cut.

    Attributes:
        anatomy: of the model.
        halves: one for each network.
    """

    anatomy: Anatomy
    halves: tuple[Half, ...]

    @property
    def varied(self) -> list[bool]:
        """Which of the tensors at the cut are explained."""
        return [each for half in self.halves for each in half.varied]

    @property
    def variables(self) -> list[keras.Variable]:
        """What is behind the cut reads of weights and statistics."""
        behind = [*(half.upper for half in self.halves), self.anatomy.decode]
        layers = [item for each in behind for item in each.operations if isinstance(item, keras.Layer)]
        return list({id(item): item for layer in layers for item in layer.variables}.values())

    def tensors(self, encoded: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the tensors at the cut, those of all networks one after another."""
        found: list[np.ndarray] = []
        for half in self.halves:
            given = [ops.convert_to_tensor(encoded[place]) for place in half.inputs]
            found += [ops.convert_to_numpy(item) for item in half.lower(given)]
        return found

    def score(self, tensors: Sequence[Any], ends: Ends) -> Any:
        """Return one number for each example from the tensors at the cut ``(n,)``."""
        outputs, rest = [], list(tensors)
        for half in self.halves:
            own, rest = rest[: len(half.varied)], rest[len(half.varied) :]
            outputs.append(half.upper([ops.convert_to_tensor(item) for item in own]))
        return ends(self.anatomy.outputs(outputs))


def cut_where_gradients_begin(anatomy: Anatomy) -> Cut:
    """Cut at inputs that are numbers, and where codes and words have become vectors."""
    known: dict[int, bool] = {}

    def begins(tensor: KerasTensor) -> bool:
        return all(_is_coded(item, known) for item in made_from(tensor))

    def varied(tensor: KerasTensor) -> bool:
        sources = made_from(tensor)
        return _is_float(tensor) and (not sources or any("int" in str(item.dtype) for item in sources))

    return _cut(anatomy, begins, varied)


def cut_at_maps(anatomy: Anatomy) -> Cut | None:
    """Cut at the last map of each network; None where one has none, or has steps behind it."""

    def is_map(tensor: KerasTensor) -> bool:
        return _is_float(tensor) and len(tensor.shape) >= 3

    def is_drawn(tensor: KerasTensor) -> bool:
        return bool(made_from(tensor)) and len(tensor.shape) == 4 and min(tensor.shape[1:3]) > 1

    cut = _cut(anatomy, is_map, is_drawn)
    drawn = all(any(half.varied) for half in cut.halves)
    return cut if drawn else None


def _cut(anatomy: Anatomy, stop: Stop, varied: Stop) -> Cut:
    halves = [_half(network, call, stop, varied) for call in anatomy.calls for network in call.networks]
    return Cut(anatomy=anatomy, halves=tuple(halves))


def _half(network: keras.Model, call: Call, stop: Stop, varied: Stop) -> Half:
    outputs = [network.outputs[place] for place in call.outputs]
    tensors = frontier(outputs, stop)
    return Half(
        lower=keras.Function(list(network.inputs), tensors),
        upper=keras.Function(tensors, outputs),
        inputs=call.inputs,
        varied=tuple(varied(tensor) for tensor in tensors),
    )


def _is_coded(tensor: KerasTensor, known: dict[int, bool]) -> bool:
    """Whether it is made of codes alone: whole numbers, and what is true or false of them."""
    if id(tensor) not in known:
        sources = made_from(tensor)
        known[id(tensor)] = not _is_float(tensor) and all(_is_coded(item, known) for item in sources)
    return known[id(tensor)]


def _is_float(tensor: KerasTensor) -> bool:
    return "float" in str(tensor.dtype)
