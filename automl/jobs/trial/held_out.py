"""What a trial's raw outputs are worth on examples that the weights behind them were not trained on."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import TYPE_CHECKING

from automl.core.specs import COSTS
from automl.jobs.intake.setting import Setting

if TYPE_CHECKING:
    import numpy as np


def spread(setting: Setting, outputs: Mapping[str, np.ndarray]) -> float | None:
    """Return the standard deviation over the folds of the first score.

    Args:
        setting: with the folds.
        outputs: raw outputs of the validation part by name ``(n, ...)``, each row out of fold.

    Returns:
        None where there are no folds, no outputs, or nothing to measure in a single fold.
    """
    name = setting.objectives[0].name
    if not setting.parts or not outputs or name in COSTS:
        return None
    scores = []
    for part in setting.parts:
        scorer = setting.prepared.split.scorer()
        scorer.update(part.validation, {key: values[part.validation] for key, values in outputs.items()})
        scores.append(scorer.result()[name])
    known = [score for score in scores if score == score]
    return statistics.stdev(known) if len(known) > 1 else None
