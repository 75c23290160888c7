"""How what several requests ask becomes one question, and its answer theirs again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from automl.data.modality import Examples
from automl.data.source import Source

if TYPE_CHECKING:
    import pandas as pd

Predictions: TypeAlias = Mapping[str, np.ndarray]
"""Of a model by name, first axis examples."""


Call: TypeAlias = "Callable[[], Any]"
"""What the thread of the model is to do by itself."""

Asked: TypeAlias = "Examples | Source | Call"
"""Of the thread of the model."""


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


def alike(one: Asked, other: Asked) -> bool:
    """Whether two can be answered at once: tables whose cells joining changes in no way, or examples whose
    inputs have one shape, as pictures and clips may be of any size.
    """
    if isinstance(one, Source) and isinstance(other, Source):
        return _frames_alike(one.content, other.content)
    if not (isinstance(one, Examples) and isinstance(other, Examples)):
        return False
    return all(
        one.inputs[name].shape[1:] == other.inputs[name].shape[1:]
        and one.inputs[name].dtype == other.inputs[name].dtype
        for name in one.inputs
    )


def spans(lengths: Iterator[int] | Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give where each of several things that lie behind each other begins and ends."""
    first = 0
    for length in lengths:
        yield first, first + length
        first += length


def _frames_alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return list(one.columns) == list(other.columns) and list(one.dtypes) == list(other.dtypes)


def _joined(parts: Sequence[Examples]) -> Examples:
    """Only the inputs count: what names the examples stays with their request."""
    names = parts[0].inputs
    return Examples(
        inputs={name: np.concatenate([np.asarray(part.inputs[name]) for part in parts]) for name in names}
    )
