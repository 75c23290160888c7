"""What a scorer is: it hears of a validation part batch by batch and says what it was worth.

So a validation part need not fit into memory. Batches of any size give the same figures as one, up to the
rounding of sums in 64 bits. All definitions are those of scikit-learn unless said otherwise; they are
written in numpy because each epoch of each trial calls them.

Symbols: n rows of a batch, k classes or targets; ``y`` true values, ``p`` predictions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np

Heard = TypeVar("Heard", contravariant=True)


class Scorer(Protocol):
    """Collects what metrics need of true values and predictions."""

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch.

        Args:
            y: true values, first axis n.
            p: predictions for them.
            groups: group of each row ``(n,)`` for metrics that compare within groups, such as those of
                rankings; others do without.
        """
        ...

    def result(self) -> dict[str, float]:
        """Every metric by name; NaN where nothing was heard of or a prediction was not finite."""
        ...


class Decoded:
    """A scorer that hears of true values as models learn them, and hands them on in their own unit.

    Args:
        scorer: hears of the values in their unit.
        decode: from encoded to true values.
    """

    def __init__(self, scorer: Scorer, decode: Callable[[np.ndarray], np.ndarray]) -> None:
        self._scorer, self._decode = scorer, decode

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch, of encoded values ``y``."""
        self._scorer.update(self._decode(np.asarray(y, np.float64)), p, groups)

    def result(self) -> dict[str, float]:
        """Every metric."""
        return self._scorer.result()


class Hears(Protocol[Heard]):
    """Any scorer, whether it hears of arrays or of mappings by name."""

    def update(self, y: Heard, p: Heard, groups: np.ndarray | None = None, /) -> None:
        """Hear of a batch."""
        ...

    def result(self) -> dict[str, float]:
        """Every metric by name."""
        ...


def score_at_once(
    scorer: Hears[Heard], y: Heard, p: Heard, groups: np.ndarray | None = None
) -> dict[str, float]:
    """Return the metrics of one batch that is all there is."""
    scorer.update(y, p, *(() if groups is None else (groups,)))
    return scorer.result()


def usable(p: np.ndarray) -> bool:
    """Whether every prediction is a finite number."""
    return bool(np.isfinite(p).all())


def mean_of_known(values: np.ndarray) -> float:
    """Mean of the numbers among ``values`` ``(k,)``, NaN when there is none."""
    numbers = values[~np.isnan(values)]
    return float(numbers.sum() / len(numbers)) if len(numbers) else float("nan")
