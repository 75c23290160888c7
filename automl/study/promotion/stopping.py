"""When a search without a budget ends: the expected improvement is less than the noise of the score.

As in Makarova et al., "Automatic Termination for Hyperparameter Optimization" (2022), the noise is that of
the best configuration's score: over its folds, or over repeated trainings of it with other seeds.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Sequence

from automl.core.specs import Configuration, Objective, TrialRecord
from automl.study.promotion.front import best_records

LEAST_TRIALS = 20
"""Trials before the end is thought of: a model of fewer is sure of too much."""

MOST_TRIALS = 100
"""Trials after which the search ends in any case."""

REPEATS = 2
"""How often the best configuration is trained again."""

REPEATED_FROM = LEAST_TRIALS - REPEATS
"""Trials that are begun before that."""

REPEAT = "repeat"
"""The origin of such a trial."""


def repeat_of(records: Sequence[TrialRecord], objective: Objective, repeated: int) -> Configuration | None:
    """Return the configuration to train again, None when that is not needed, or not yet.

    Args:
        records: trials that are finished or paused.
        objective: of the search.
        repeated: repeats that were begun.
    """
    if len(records) < REPEATED_FROM or repeated >= REPEATS:
        return None
    best = best_records(records, (objective,))
    return best[0].configuration if best and best[0].spread is None else None


def noise_of(records: Sequence[TrialRecord], objective: Objective) -> float | None:
    """Return the standard deviation of the score, None while it is not known."""
    best = best_records(records, (objective,))
    if best and best[0].spread is not None:
        return best[0].spread
    scores: dict[tuple[tuple[str, object], ...], list[float]] = defaultdict(list)
    for record in records:
        if record.state == "complete":
            scores[tuple(sorted(record.configuration.items()))].append(record.scores[0])
    repeated = [statistics.variance(group) for group in scores.values() if len(group) > REPEATS]
    return math.sqrt(statistics.fmean(repeated)) if repeated else None


def why_end(begun: int, gain: float | None, noise: float | None, objective: Objective) -> str:
    """Return why a search without a budget is over, or nothing.

    Args:
        begun: trials so far.
        gain: by how much the next trial is expected to beat the best, None while that is not known.
        noise: of the score, None while that is not known.
        objective: of the search.
    """
    if begun >= MOST_TRIALS:
        return f"The search ends after {begun} trials, the most without --trials or --time."
    if begun < LEAST_TRIALS or gain is None or noise is None or gain > noise:
        return ""
    return (
        f"The search ends after {begun} trials: another is expected to improve {objective.label} by "
        f"{gain:.2g}, less than the noise of the score, {noise:.2g}. Use --trials or --time to continue."
    )
