"""How a model is scored on a validation part: outputs come in portions, metrics come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias

from automl.core.targets import count_rows

if TYPE_CHECKING:
    import numpy as np


class Scorer(Protocol):
    """Scores the outputs of one epoch on the validation part."""

    def update(self, positions: np.ndarray, outputs: Mapping[str, np.ndarray]) -> None:
        """Take in a portion: raw outputs by name, of the examples at ascending ``positions (m,) int``.

        Each example comes once in an epoch. Portions are neither changed nor, by whom they came from,
        kept.
        """
        ...

    def result(self) -> dict[str, float]:
        """Return every metric of the task over all portions."""
        ...


Portions: TypeAlias = "Iterable[tuple[np.ndarray, Mapping[str, np.ndarray]]]"
"""Raw outputs of a validation part as ``Scorer.update`` takes them, one portion after another."""


class Collected:
    """A ``Scorer`` for metrics that must see all examples at once: keeps every output until the end.

    Args:
        rows: how many examples there are.
        score: from raw outputs of all of them, by name, to metrics.
    """

    def __init__(self, rows: int, score: Callable[[Mapping[str, np.ndarray]], dict[str, float]]) -> None:
        self._rows, self._score = rows, score
        self._outputs: dict[str, np.ndarray] = {}

    def update(self, positions: np.ndarray, outputs: Mapping[str, np.ndarray]) -> None:
        """Keep a portion; see ``Scorer.update``."""
        if not self._outputs and count_rows(outputs) == self._rows and _in_order(positions):
            self._outputs = dict(outputs)  # all at once: nothing is copied
            return
        import numpy as np

        for name, values in outputs.items():
            if name not in self._outputs:
                self._outputs[name] = np.empty((self._rows, *values.shape[1:]), values.dtype)
            self._outputs[name][positions] = values

    def result(self) -> dict[str, float]:
        """Score what was kept."""
        return self._score(self._outputs)


class Kept:
    """Raw outputs of an epoch by name, while they are small enough to be kept.

    Args:
        most_bytes: of all outputs together; more are dropped.
    """

    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes
        self._portions: list[tuple[np.ndarray, Mapping[str, np.ndarray]]] = []

    def add(self, positions: np.ndarray, outputs: Mapping[str, np.ndarray]) -> None:
        """Take in a portion as ``Scorer.update`` does."""
        self._left -= sum(values.nbytes for values in outputs.values())
        if self._left < 0:
            self._portions = []
        else:
            self._portions.append((positions, outputs))

    def whole(self) -> dict[str, np.ndarray]:
        """Return all outputs in the order of the rows, or nothing where they were too large."""
        import numpy as np

        if not self._portions:
            return {}
        if len(self._portions) == 1 and _in_order(self._portions[0][0]):
            return dict(self._portions[0][1])
        order = np.argsort(np.concatenate([positions for positions, _ in self._portions]))
        return {
            name: np.concatenate([outputs[name] for _, outputs in self._portions])[order]
            for name in self._portions[0][1]
        }


def _in_order(positions: np.ndarray) -> bool:
    return bool((positions[1:] > positions[:-1]).all())
