"""Intervals around forecasts: for each step ahead and each target, of several series for each series.

Errors are measured in the unit that makes the best intervals: that of the target, or how much the window
before the forecast varies or changes, which carries over from calm to rough times and from small to large
series. Symbols: n windows, L steps of input, h steps ahead, k targets.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from automl.core.targets import spread_rows
from automl.tasks.conformal.intervals import (
    JUDGED_AT,
    Intervals,
    around,
    ends,
    errors_of,
    interval_score,
    plain_ends,
)
from automl.tasks.conformal.kept import Case, Kept, least_rows
from automl.tasks.task import Task

SERIES = "series"
"""The raw input."""

PLAIN, VARIES, CHANGES = 0, 1, 2
"""Units: the standard deviation of the target; that of the window; its mean change from step to step."""

LEAST_UNIT = 1e-3
"""Least unit of a window, in standard deviations of the target."""

MOST_WINDOWS = 2000
"""Held-out windows that are kept, evenly spread: neighbours tell nearly the same."""

LEAST_GAIN = 0.02
"""Share of the interval score that a unit other than the target's has to save."""

CHUNK = 4096
"""Windows that are looked at at once."""

_UNIT = "unit"

_WORDS = {PLAIN: "spread", VARIES: "deviation", CHANGES: "change"}
"""Units as the description of an exported file names them."""


class OfForecasts:
    """Intervals around forecasts ``(n, h, k)``; see ``tasks.conformal.kept.Conformal``.

    Scores are errors in units of their window ``(n, h, k)``.
    """

    size = "mean width"
    two_sided = True
    in_blocks = True
    reads = (SERIES,)

    def scored(self, case: Case) -> Kept:
        """Errors of held-out windows, and their ``unit``."""
        rows = spread_rows(len(case), MOST_WINDOWS)
        some = case.take(rows, self.reads)
        errors = errors_of(some)
        best = _best_unit(some, errors)
        scores = errors / window_units(some, best)
        return Kept(scores=scores.astype(np.float32), facts={_UNIT: np.array(best)}, groups=some.groups)

    def tell(self, kept: Kept, case: Case, coverage: float) -> Intervals:
        """Return intervals."""
        return around(kept, case, window_units(case, int(kept.facts[_UNIT])), coverage)

    def plain(self, kept: Kept, task: Task, coverage: float) -> dict[str, Any]:
        """Return ends, and of the ``window`` what their unit is."""
        window = {
            "unit": _WORDS[int(kept.facts[_UNIT])],
            "input": SERIES,
            "spread": [float(value) for value in task.describe()["std"]],
            "least": LEAST_UNIT,
        }
        return {**plain_ends(kept, coverage), "window": window}


OF_FORECASTS = OfForecasts()


def window_units(case: Case, unit: int) -> np.ndarray:
    """Return the unit of errors of each window ``(n, 1, k)``."""
    std = np.asarray(case.task.describe()["std"], np.float64)
    units = np.tile(std, (len(case), 1, 1))
    if unit == PLAIN:
        return units
    series = case.inputs[SERIES]
    for first in range(0, len(case), CHUNK):
        window = np.asarray(series[first : first + CHUNK], np.float64)[:, :, : len(std)]
        values = window.std(axis=1) if unit == VARIES else np.abs(np.diff(window, axis=1)).mean(axis=1)
        units[first : first + CHUNK, 0] = np.maximum(values, LEAST_UNIT * std)
    return units


def _best_unit(case: Case, errors: np.ndarray) -> int:
    """The unit in which errors of each half of the windows make the best intervals for the other."""
    half = len(errors) // 2
    if SERIES not in case.inputs or half < least_rows(JUDGED_AT, two_sided=True):
        return PLAIN
    found = []
    for unit in (PLAIN, VARIES, CHANGES):
        units = window_units(case, unit)
        score = 0.0
        for known, new in ((slice(half), slice(half, None)), (slice(half, None), slice(half))):
            low, high = ends(errors[known] / units[known], JUDGED_AT)
            scores = interval_score(errors[new], low * units[new], high * units[new])
            score += float(np.mean(scores / np.asarray(case.task.describe()["std"])))
        found.append(score)
    best = int(np.argmin(found))
    return best if found[best] < (1 - LEAST_GAIN) * found[PLAIN] else PLAIN
