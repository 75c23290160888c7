"""How what several requests ask becomes one question, and its answer theirs again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from automl.data.modality import Examples

if TYPE_CHECKING:
    import pandas as pd

Predictions: TypeAlias = Mapping[str, np.ndarray]
"""Of a model by name, first axis examples."""


def predicted_at_once(
    predict: Callable[[Examples], Predictions],
) -> Callable[[Sequence[Examples]], list[Predictions]]:
    """Return what predicts the examples of several requests by one call of a model.

    Args:
        predict: the model.
    """

    def answer(parts: Sequence[Examples]) -> list[Predictions]:
        found = predict(parts[0] if len(parts) == 1 else _joined(parts))
        return [
            {name: values[first:last] for name, values in found.items()}
            for first, last in spans(map(len, parts))
        ]

    return answer


def inputs_alike(one: Examples, other: Examples) -> bool:
    """Whether inputs can be put behind each other: pictures and clips may be of any size."""
    return all(
        one.inputs[name].shape[1:] == other.inputs[name].shape[1:]
        and one.inputs[name].dtype == other.inputs[name].dtype
        for name in one.inputs
    )


def frames_alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether tables have the same columns of the same types, so that joining them changes no cell."""
    return list(one.columns) == list(other.columns) and list(one.dtypes) == list(other.dtypes)


def parts_of(examples: Examples, lengths: Sequence[int]) -> Iterator[Examples]:
    """Give the examples of each of several tables that were read as one, their rows counted from 0 again.

    Args:
        examples: of all rows, each of which has one; their first key is the place of the row.
        lengths: rows of each table.
    """
    for first, last in spans(lengths):
        part = examples.take(np.arange(first, last))
        row = next(iter(part.keys))
        yield replace(part, keys={**part.keys, row: part.keys[row] - first})


def spans(lengths: Iterator[int] | Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give where each of several things that lie behind each other begins and ends."""
    first = 0
    for length in lengths:
        yield first, first + length
        first += length


def _joined(parts: Sequence[Examples]) -> Examples:
    """Only the inputs count: what names the examples stays with their request."""
    names = parts[0].inputs
    return Examples(
        inputs={name: np.concatenate([np.asarray(part.inputs[name]) for part in parts]) for name in names}
    )
