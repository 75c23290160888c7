"""Targets, outputs and predictions by name.

Everything that a model is asked for travels as a mapping, so a second target needs no second way. A single
one has the name ``TARGET``; at the borders that users know (the exported model, ``Result.outputs``) it goes
without: ``bare`` takes the name off and ``named`` puts it back on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np

TARGET = "target"
"""Name of a single target, of its raw output and of its prediction."""

WEIGHT = "weight of the row"
"""Name under which weights of rows travel beside encoded targets into the loss; no column is called so."""

Value = TypeVar("Value")


def bare(values: Mapping[str, Value]) -> Value | dict[str, Value]:
    """Return a single value without its name, several as a dictionary."""
    return values[TARGET] if set(values) == {TARGET} else dict(values)


def named(values: Any) -> dict[str, Any]:
    """Return what ``bare`` gave as a mapping by name again."""
    return dict(values) if isinstance(values, Mapping) else {TARGET: values}


def count_rows(values: Mapping[str, Sized]) -> int:
    """Return the length that all values share."""
    return len(next(iter(values.values())))


def spread_rows(total: int, most: int) -> np.ndarray:
    """Return the positions of at most so many of ``total`` rows, evenly spread ``(k,)`` int64."""
    import numpy as np

    return np.linspace(0, total - 1, min(total, most)).astype(int)


def take_rows(values: Mapping[str, np.ndarray], rows: Any) -> dict[str, np.ndarray]:
    """Return the values at some rows.

    Args:
        values: by name, first axis examples.
        rows: positions, or a slice, for views instead of copies.
    """
    return {name: array[rows] for name, array in values.items()}


def held_rows(values: Mapping[str, Any], rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return the values at some rows as arrays in memory, of windows and of mapped files, too."""
    import numpy as np

    return {name: np.asarray(array[rows]) for name, array in values.items()}


def joined_rows(parts: Sequence[Mapping[str, np.ndarray]]) -> Mapping[str, np.ndarray]:
    """Return values one after another; those of one part as they are, as they may be mapped from a file."""
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def ragged(items: Iterable[Any]) -> np.ndarray:
    """Return arrays of unequal shape as one array of objects ``(n,)``.

    NumPy makes a table of them where their shapes happen to agree; this never does.
    """
    import numpy as np

    whole = list(items)
    array = np.empty(len(whole), dtype=object)
    for place, item in enumerate(whole):
        array[place] = item
    return array
