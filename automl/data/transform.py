"""Raw examples through a preprocessing model, batch after batch, straight into the arrays that are kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

import numpy as np

from automl.core.phases import Phase, Phases
from automl.core.text_windows import TextWindows
from automl.core.windows import Windows
from automl.data.raw_model import predict_batch

if TYPE_CHECKING:
    import keras

    from automl.core.tensors import TensorSpec

BATCH = 1024
"""Most examples that go through the model at once."""

LEAST = 64
"""Examples up to which there is one size of batch, whatever takes part in it."""

BATCH_VALUES = 1 << 22
"""Most values of one tensor that come out of the model at once."""

Room: TypeAlias = Callable[[str, tuple[int, ...], str], np.ndarray]
"""Makes an array to be filled, of a name, shape and type."""


class Fitted(Protocol):
    """What is asked of a fitted preprocessing, see ``data.modality.Preprocessing``."""

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """The tensors that come out."""
        ...

    @property
    def model(self) -> keras.Model:
        """From raw inputs to these tensors."""
        ...

    @property
    def stepwise(self) -> bool:
        """Whether each step of a series is preprocessed by itself."""
        ...

    @property
    def coded(self) -> Callable[[TextWindows], Mapping[str, Any]] | None:
        """What windows of a text become."""
        ...


def transform(
    preprocessing: Fitted,
    inputs: Mapping[str, Any],
    rows: np.ndarray | None = None,
    room: Room | None = None,
    phases: Phases | None = None,
) -> dict[str, np.ndarray]:
    """Preprocess raw inputs; see ``Preprocessing.transform``."""
    room = room or (lambda name, shape, dtype: np.empty(shape, dtype))
    first = next(iter(inputs.values()))
    if preprocessing.coded is not None and isinstance(first, TextWindows):
        windows = first if rows is None else first.take(rows)
        return dict(preprocessing.coded(windows))
    chosen = np.arange(len(first)) if rows is None else rows
    with (phases or Phases()).phase("preparing examples", len(chosen), unit="examples") as phase:
        if preprocessing.stepwise and isinstance(first, Windows):
            return _through_series(preprocessing, dict(inputs), rows, room, phase)
        return _in_batches(preprocessing, inputs, chosen, room, phase)


def _in_batches(
    preprocessing: Fitted, inputs: Mapping[str, Any], rows: np.ndarray, room: Room, phase: Phase
) -> dict[str, np.ndarray]:
    """All batches are of one size, so that the model is traced once; the last is filled up with rows anew.

    ``Model.predict`` would slice every input for itself, which takes longer than the mathematics where a
    table has hundreds of columns.
    """
    sides = {spec.name: _sides(spec.shape, preprocessing.model, spec.name) for spec in preprocessing.inputs}
    tensors = {
        spec.name: room(spec.name, (len(rows), *sides[spec.name]), spec.dtype)
        for spec in preprocessing.inputs
    }
    widest = max(1, *map(math.prod, sides.values()))
    size = min(BATCH, max(1, BATCH_VALUES // widest))
    if size < BATCH:
        # wide tensors take long to make: few examples are not filled up to as many
        size = min(size, max(LEAST, len(rows)))
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        batch = np.resize(part, size)
        outputs = predict_batch(preprocessing.model, {name: item[batch] for name, item in inputs.items()})
        for name, tensor in tensors.items():
            tensor[start : start + size] = outputs[name][: len(part)]
        phase.advance(len(part))
    return tensors


def _through_series(
    preprocessing: Fitted,
    inputs: dict[str, Windows],
    rows: np.ndarray | None,
    room: Room,
    phase: Phase,
) -> dict[str, np.ndarray]:
    """Preprocess the series in pieces as long as a window, the last overlapping the one before it."""
    (name, windows), (spec,) = inputs.popitem(), preprocessing.inputs
    steps, length = len(windows.base), windows.length
    starts = np.array([*range(0, steps - length, length), steps - length])
    pieces = {name: Windows(windows.base, starts, length)}
    phase.total = len(starts)
    done = _in_batches(
        preprocessing, pieces, np.arange(len(starts)), lambda *args: np.empty(*args[1:]), phase
    )
    sides = _sides(spec.shape, preprocessing.model, spec.name)
    base = room(spec.name, (steps, *sides[1:]), spec.dtype)
    for start, piece in zip(starts, done[spec.name], strict=True):
        base[start : start + length] = piece
    chosen = windows if rows is None else windows.take(rows)
    return {spec.name: cast("np.ndarray", chosen.over(base))}


def _sides(shape: tuple[int | None, ...], model: keras.Model, name: str) -> tuple[int, ...]:
    """The shape of an example; where it may vary, as the model gives it."""
    if None in shape:
        shape = tuple(model.output[name].shape[1:])
    return tuple(side or 0 for side in shape)
