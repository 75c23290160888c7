"""Intervals around numbers: their ends by the ranks of held-out errors, below and above by themselves.

Errors may be measured in units that differ from row to row, so that intervals are wide where the model errs
more. Symbols: n rows, h steps, k targets; errors are true less predicted, in such units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.targets import TARGET
from automl.tasks.conformal.kept import Case, Kept, bound, by_group, finite

JUDGED_AT = 0.9
"""Coverage at which units of errors are compared."""


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """Ends of intervals.

    Attributes:
        lower: ``(n, k)`` or ``(n, h, k)`` float64.
        upper: the same.
    """

    lower: np.ndarray
    upper: np.ndarray

    def columns(self, case: Case, labels: Sequence[object]) -> dict[str, np.ndarray]:
        """``lower`` and ``upper``; of several targets ``<target>_lower`` and ``<target>_upper``."""
        names = [str(name) for name in case.task.describe()["names"]]
        found: dict[str, np.ndarray] = {}
        for place, name in enumerate(names):
            before = f"{name}_" if len(names) > 1 else ""
            found[f"{before}lower"] = self.lower[..., place].reshape(-1)
            found[f"{before}upper"] = self.upper[..., place].reshape(-1)
        return found

    def held(self, case: Case) -> tuple[np.ndarray, np.ndarray]:
        """Whether each holds the truth, and its width."""
        truth = np.asarray(case.truth[TARGET], np.float64).reshape(self.lower.shape)
        inside = (self.lower <= truth) & (truth <= self.upper)
        form = (len(truth), -1, self.lower.shape[-1])
        return inside.reshape(form), (self.upper - self.lower).reshape(form)


def errors_of(case: Case) -> np.ndarray:
    """Return true less predicted, in the form of the predictions, float64."""
    answer = np.asarray(case.predictions[TARGET], np.float64)
    return np.asarray(case.truth[TARGET], np.float64).reshape(answer.shape) - answer


def around(kept: Kept, case: Case, units: np.ndarray, coverage: float) -> Intervals:
    """Return intervals around predictions.

    Args:
        kept: held-out errors in their units.
        case: what is predicted.
        units: of errors, in the form of the predictions but for axes of 1.
        coverage: share of rows that shall hold the truth.
    """
    answer = np.asarray(case.predictions[TARGET], np.float64)
    lower, upper = np.empty_like(answer), np.empty_like(answer)
    for rows, scores in by_group(kept, case):
        low, high = ends(scores, coverage)
        lower[rows] = answer[rows] + low * units[rows]
        upper[rows] = answer[rows] + high * units[rows]
    return Intervals(lower=lower, upper=upper)


def plain_ends(kept: Kept, coverage: float) -> dict[str, Any]:
    """Return ``low`` and ``high``, the ends in units of errors (JSON)."""

    def told(scores: np.ndarray) -> dict[str, Any]:
        low, high = ends(scores, coverage)
        return {"low": finite(low), "high": finite(high)}

    return {"kind": "intervals", "coverage": coverage, **kept.plain(told)}


def ends(scores: np.ndarray, coverage: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of intervals in units of errors; each end is passed by half of the misses."""
    share = (1 + coverage) / 2
    values = np.asarray(scores, np.float64)
    return -bound(-values, share), bound(values, share)


def interval_score(errors: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the mean score of intervals by target ``(k,)``, less is better: their width, and how far they
    miss, which counts 20 times at 90% (Winkler, 1972; Gneiting and Raftery, 2007).

    Args:
        errors: true less predicted ``(n, ..., k)``.
        low: lower ends around a prediction of 0.
        high: upper ends.
    """
    missed = np.maximum(low - errors, 0) + np.maximum(errors - high, 0)
    scores = high - low + 2 / (1 - JUDGED_AT) * missed
    return np.asarray(scores.reshape(-1, scores.shape[-1]).mean(axis=0))
