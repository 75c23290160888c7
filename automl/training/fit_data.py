"""Data as Keras' own ``fit`` takes it: taken apart by position, or refused in words.

Arrays of any library pair by position, never by label. A *stream* hands out whole batches and has no rows
that could be held out: its validation part must be given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

import keras
import numpy as np

from automl.core.errors import DataError

HELD_OUT = 5
"""One row of so many is held out where no validation part is given."""

_PLAIN = (bool, int, float, complex, str, bytes, np.generic)


@dataclass(frozen=True, kw_only=True)
class FitData:
    """One part of the data.

    Attributes:
        arrays: inputs, targets and, where there are, sample weights; empty for a stream.
        make: gives the stream for one call of ``fit`` or ``evaluate``, or None for arrays.
        rows: number of examples, or None where a stream does not tell.
        steps: batches of an epoch, or None for all that there are.
        notes: what the user should know.
    """

    arrays: tuple[Any, ...] = ()
    make: Callable[[], Any] | None = None
    rows: int | None = None
    steps: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def streams(self) -> bool:
        """Whether batches are made by the data itself."""
        return self.make is not None

    def arguments(self, batch_size: int | None = None) -> dict[str, Any]:
        """Return the arguments of ``Model.fit`` and ``Model.evaluate``."""
        if self.make is not None:
            return {"x": self.make()}
        named = dict(zip(("x", "y", "sample_weight"), self.arrays, strict=False))
        return {**named, "batch_size": batch_size}

    def validation(self, batch_size: int | None = None) -> dict[str, Any]:
        """Return the arguments of ``Model.fit`` that make it the validation part."""
        if self.make is not None:
            return {"validation_data": self.make(), "validation_steps": self.steps}
        return {
            "validation_data": self.arrays,
            "validation_batch_size": batch_size,
            "validation_steps": self.steps,
        }


def take_in(data: Any, *, where: str = "data", steps: int | None = None, training: bool = True) -> FitData:
    """Look at one part of the data without changing it.

    Args:
        data: ``(inputs, targets)`` or ``(inputs, targets, sample weights)``, each an array, a table, or a
            dictionary or list of them; a ``tf.data.Dataset``, a ``keras.utils.PyDataset``, a PyTorch
            ``DataLoader``, a generator; or a function without arguments that makes one of these.
        where: the argument's name, for messages.
        steps: batches that an epoch takes of a stream; needed where it has no end.
        training: whether it is trained on; else every look at it has to be the same.

    Raises:
        DataError: Keras takes no such data, its parts differ in length, or its end is not known.
    """
    if isinstance(data, tuple) and 2 <= len(data) <= 3:
        return _arrays(data, where, steps)
    if _is_stream(data):
        return _stream(data, where, steps, training)
    if callable(data):
        made = data()
        if isinstance(made, tuple):
            return take_in(made, where=where, steps=steps)
        return _made(data, made, where, steps, training)
    count = f" of {len(data)}" if isinstance(data, tuple | list) else ""
    raise DataError(
        f"{where}: expected a pair (inputs, targets), with sample weights as a third, or a stream of "
        f"batches such as a tf.data.Dataset, got {type(data).__name__}{count}."
    )


def hold_out(data: FitData, seed: int) -> tuple[FitData, FitData]:
    """Return a training part and a random fifth of the rows.

    Raises:
        DataError: it is a stream, or has too few rows.
    """
    if data.rows is None or data.streams:
        raise DataError(
            "data: a stream of batches has no rows to hold out, and one that shuffles reorders them in "
            "each epoch. Give the validation part: validation=dataset or validation=(inputs, targets)."
        )
    if data.rows < HELD_OUT:
        raise DataError(f"data: {data.rows} examples are too few to hold a fifth of them out.")
    order = np.random.default_rng(seed).permutation(data.rows)
    held, kept = np.split(order, [data.rows // HELD_OUT])
    return replace(_part(data, kept), steps=data.steps), _part(data, held)


def normal(content: Any) -> Any:
    """Return inputs or targets with tables and plain Python lists of numbers or texts as arrays.

    A list that holds arrays stays one: to Keras it is several inputs or targets. A column is ``(rows, 1)``,
    as Keras takes a Series.
    """
    if isinstance(content, Mapping):
        return {name: normal(item) for name, item in content.items()}
    if hasattr(content, "iloc"):
        return _of_pandas(content)
    if not isinstance(content, list | tuple):
        return content
    leaves = keras.tree.flatten(list(content))
    if leaves and all(isinstance(leaf, _PLAIN) for leaf in leaves):
        return _array_of(content)
    items = [normal(item) for item in content]
    # a named tuple takes its items one by one
    return type(content)(*items) if hasattr(content, "_fields") else type(content)(items)


def rows_of(content: Any, where: str) -> dict[str, int]:
    """Return the number of rows of each array of a nest, by its place.

    Raises:
        DataError: something in it has no rows.
    """
    found = {}
    for path, leaf in keras.tree.flatten_with_path(content):
        place = where + "".join(f"[{key!r}]" for key in path)
        shape, kind = getattr(leaf, "shape", None), getattr(getattr(leaf, "dtype", None), "kind", "f")
        if kind in "OSUMm":
            raise DataError(
                f"{place}: Model.fit takes numbers, got {leaf.dtype}. Give texts as tf.constant(texts), "
                "dates as numbers, categories as codes."
            )
        if shape is None and hasattr(leaf, "__array__"):
            shape = np.asarray(leaf).shape
        if shape is None or len(shape) == 0 or shape[0] is None:
            raise DataError(
                f"{place}: expected an array with the examples on its first axis, got {_named(leaf)}."
            )
        found[place] = int(shape[0])
    return found


def take(leaf: Any, rows: np.ndarray) -> Any:
    """Return rows of one array by position, in the array's own library where that is known.

    Raises:
        DataError: its rows cannot be taken.
    """
    library = type(leaf).__module__.partition(".")[0]
    if leaf is None:
        return None
    if library == "tensorflow":
        return _taken_tensor(leaf, rows)
    if library == "scipy":
        return leaf.tocsr()[rows]
    if library in ("jax", "jaxlib", "torch"):
        return leaf[rows]
    return np.asarray(leaf)[rows]


def _of_pandas(table: Any) -> np.ndarray:
    """Values by position, numbers and booleans as one type, which Keras needs; gaps are NaN."""
    kinds = set(table.dtypes) if table.ndim == 2 else {table.dtype}
    plain = len(kinds) == 1 and isinstance(next(iter(kinds)), np.dtype)
    numbers = all(getattr(kind, "kind", "O") in "biuf" for kind in kinds)
    values = table.to_numpy(dtype="float64", na_value=np.nan) if numbers and not plain else table.to_numpy()
    values = values.astype(object) if values.dtype.kind not in "biufc" else values
    return np.asarray(values).reshape(len(table), -1)


def _array_of(content: Any) -> np.ndarray:
    try:
        return np.asarray(content)
    except ValueError:
        raise DataError(
            "data: the rows of a list differ in length; pad them to one length first."
        ) from None


def _arrays(data: tuple[Any, ...], where: str, steps: int | None) -> FitData:
    parts = tuple(normal(item) for item in data)
    found: dict[str, int] = {}
    for name, part in zip(("inputs", "targets", "sample weights"), parts, strict=False):
        found |= rows_of(part, name) if part is not None else {}
    if not found or parts[0] is None:
        raise DataError(f"{where}: expected inputs, got None.")
    if len(set(found.values())) > 1:
        listed = ", ".join(f"{place} {rows}" for place, rows in list(found.items())[:6])
        raise DataError(
            f"{where}: expected as many rows everywhere, got {listed}. (A list of arrays is several inputs "
            "or targets; stack examples of one by numpy.stack.)"
        )
    return FitData(arrays=parts, rows=next(iter(found.values())), steps=steps)


def _is_stream(data: Any) -> bool:
    if isinstance(data, keras.utils.PyDataset):
        return True
    like_array = hasattr(data, "shape") or hasattr(data, "__array__")
    contained = isinstance(data, Mapping | list | tuple | str | bytes)
    return hasattr(data, "__iter__") and not like_array and not contained and not isinstance(data, type)


def _stream(data: Any, where: str, steps: int | None, training: bool) -> FitData:
    if hasattr(data, "__next__"):
        return _generator(lambda: data, where, steps, training, once=True)
    if steps is None and _endless(data):
        raise DataError(
            f"{where}: this data set has no end; say how much an epoch is: {_option(training)}=N."
        )
    return FitData(make=lambda: data, rows=_rows_of_stream(data), steps=steps)


def _made(make: Callable[[], Any], made: Any, where: str, steps: int | None, training: bool) -> FitData:
    if not _is_stream(made):
        raise DataError(f"{where}: the function made no stream of batches but {_named(made)}.")
    if hasattr(made, "__next__"):
        return _generator(make, where, steps, training, once=False)
    known = _stream(made, where, steps, training)
    return FitData(make=make, rows=known.rows, steps=steps)


def _generator(
    make: Callable[[], Any], where: str, steps: int | None, training: bool, *, once: bool
) -> FitData:
    """A generator can be read once and does not tell its end, so its batches are counted or kept."""
    if steps is None:
        raise DataError(
            f"{where}: a generator has no known length; say how many batches to take: "
            f"{_option(training)}=N, or give a tf.data.Dataset or keras.utils.PyDataset."
        )
    if not training:
        batches = list(islice(make(), steps))  # the same rows at each look
        return FitData(make=partial(_Kept, batches), rows=None)
    if not once:
        return FitData(make=lambda: _again_and_again(make), steps=steps)
    note = (
        "The generator continues from trial to trial. Pass the function that makes it, so that each trial "
        "sees the same data."
    )
    return FitData(make=make, steps=steps, notes=(note,))


def _option(training: bool) -> str:
    return "steps_per_epoch" if training else "validation_steps"


def _again_and_again(make: Callable[[], Any]) -> Iterator[Any]:
    while True:
        empty = True
        for batch in make():
            empty = False
            yield batch
        if empty:
            raise DataError("data: the generator gave no batch.")


class _Kept(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches in memory."""

    def __init__(self, batches: list[Any]) -> None:
        super().__init__()
        if not batches:
            raise DataError("validation: the generator gave no batch.")
        self._batches = batches

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Any:
        return self._batches[index]


def _endless(data: Any) -> bool:
    if isinstance(data, keras.utils.PyDataset):
        return data.num_batches is None
    cardinality = getattr(data, "cardinality", None)
    return cardinality is not None and int(cardinality()) == -1  # tf.data.INFINITE_CARDINALITY


def _rows_of_stream(data: Any) -> int | None:
    """Examples of a PyTorch loader, which knows them."""
    content: Any = getattr(data, "dataset", None)
    return len(content) if hasattr(content, "__len__") else None


def _part(data: FitData, rows: np.ndarray) -> FitData:
    arrays = tuple(keras.tree.map_structure(lambda leaf: take(leaf, rows), item) for item in data.arrays)
    return FitData(arrays=arrays, rows=len(rows))


def _taken_tensor(tensor: Any, rows: np.ndarray) -> Any:
    if keras.backend.backend() != "tensorflow":
        return np.asarray(tensor)[rows]
    try:
        return keras.ops.take(tensor, rows, axis=0)
    except (TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"data: the rows of a {type(tensor).__name__} cannot be taken by position; give the validation "
            "part: validation=(inputs, targets)."
        ) from error


def _named(item: Any) -> str:
    return f"{type(item).__name__} {item!r}"[:80]
