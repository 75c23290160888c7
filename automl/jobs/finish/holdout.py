"""The model on rows that its search never looked at: a holdout, and those of nested cross-validation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.errors import ConfigError
from automl.core.specs import Objective
from automl.core.targets import joined_rows
from automl.data.modality import Examples
from automl.jobs.finish.winner import TrainedWinner
from automl.jobs.folder import JobFolder, read_json
from automl.jobs.report.covered import judge_test
from automl.jobs.report.judging import DRAWING_SHARE, Judged, intervals
from automl.jobs.report.resampling import Patience
from automl.jobs.report.validated import Estimate, HeldOut, Nested, gap_of
from automl.jobs.session import Session

PART = "holdout"

BATCH = 4096
"""Examples that are preprocessed at once."""


def judged_holdout(session: Session, winner: TrainedWinner) -> Judged | None:
    """Return what the winner is worth on the holdout; None where there is none."""
    examples = session.intake.holdout
    if examples is None:
        return None
    schema = {"modality": session.intake.modality.name, **session.intake.dataset.schema}
    predictions = _predictions(winner, examples)
    return judge_test(
        PART,
        winner.prepared.task,
        session.folder.coverage,
        examples,
        predictions,
        schema,
        patience=Patience(seconds=session.share(DRAWING_SHARE), told=session.progress.note),
    )


def held_out(session: Session, winner: TrainedWinner, judged: Judged) -> HeldOut | None:
    """Return what the holdout says of the score; None where it has none by the metric searched for."""
    objective = session.intake.objectives[0]
    score = estimate(objective, judged.metrics, judged.intervals)
    if score is None:
        return None
    own = own_estimate(session, winner)
    return HeldOut(
        rows=judged.rows,
        score=score,
        gap=Estimate(value=math.nan) if own is None else gap_of(own, score, objective),
        metrics=judged.metrics,
        intervals=judged.intervals,
    )


def own_estimate(session: Session, winner: TrainedWinner) -> Estimate | None:
    """Return the score on the rows that trials were scored on, with its interval."""
    prepared, metrics = winner.prepared, winner.metrics
    spans = intervals(
        prepared.task,
        prepared.targets,
        winner.held_out(),
        prepared.validation.groups,
        metrics,
        seed=session.config.seed,
        patience=Patience(seconds=session.share(DRAWING_SHARE), told=session.progress.note),
    )
    return estimate(session.intake.objectives[0], metrics, spans)


def estimate(
    objective: Objective, metrics: Mapping[str, float], spans: Mapping[str, tuple[float, float]]
) -> Estimate | None:
    """Return the score by an objective, None where it is none of the metrics."""
    value = metrics.get(objective.name, math.nan)
    if not math.isfinite(value):
        return None
    low, high = spans.get(objective.name, (math.nan, math.nan))
    return Estimate(value=value, low=low, high=high)


def nested_of(folder: JobFolder, folds: int, objective: Objective) -> Nested | None:
    """Return what the searches without each fold found on them; None where none has ended.

    Args:
        folder: of the job.
        folds: that it was to be repeated for.
        objective: what was searched for.
    """
    found = [item for part in range(1, folds + 1) if (item := _outer(folder.nested(part))) is not None]
    known = [item for item in found if item["score"]["value"] is not None]
    if not known:
        return None
    rows = np.array([item["rows"] for item in known], float)
    scores = np.array([item["score"]["value"] for item in known], float)
    weights = rows / rows.sum()
    value = float(weights @ scores)
    return Nested(
        folds=len(known),
        of=folds,
        rows=int(rows.sum()),
        score=_joined(value, weights, known),
        scores=tuple(map(float, scores)),
        seconds=float(sum(item["seconds"] for item in known)),
    )


def _joined(value: float, weights: np.ndarray, known: list[dict[str, Any]]) -> Estimate:
    """Scores of different rows err independently, so the squares of half their intervals add up."""
    halves = []
    for item in known:
        score = item["score"]
        if score["low"] is None or score["high"] is None:
            return Estimate(value=value)
        halves.append((score["high"] - score["low"]) / 2)
    half = float(np.sqrt(np.sum((weights * np.array(halves)) ** 2)))
    return Estimate(value=value, low=value - half, high=value + half)


def _outer(path: Path) -> dict[str, Any] | None:
    """What one of these searches found, None where it has not ended."""
    try:
        summary = read_json(JobFolder(path).result)
    except ConfigError:
        return None
    holdout = summary.get("holdout")
    return None if not holdout else {**holdout, "seconds": summary["seconds"]}


def _predictions(winner: TrainedWinner, examples: Examples) -> Mapping[str, np.ndarray]:
    found = []
    for start in range(0, len(examples), BATCH):
        some = np.arange(start, min(start + BATCH, len(examples)))
        tensors = winner.prepared.preprocessing.transform(examples, some)
        found.append(winner.answers(tensors))
    return joined_rows(found)
