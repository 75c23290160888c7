"""What the winner's errors on held-out rows are kept for: intervals and sets with later predictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from automl.core.figures import rounded
from automl.core.names import first_names
from automl.jobs.config import JobConfig
from automl.jobs.coverage import USUAL, case_of, groups_by, method_of
from automl.jobs.finish.winner import TrainedWinner
from automl.jobs.report.covered import LEVELS

if TYPE_CHECKING:
    import numpy as np

    from automl.tasks.conformal.kept import Case, Kept
    from automl.tasks.conformal.measured import Measured


@dataclass(frozen=True, kw_only=True)
class Covered:
    """What came of it.

    Attributes:
        kept: scores of held-out rows; None where nothing is told with predictions of the task.
        facts: for the result: what was asked for, and what was measured by cross-validation on the held-out
            rows; None where nothing was asked for.
        note: for the user, empty where nothing was asked for.
    """

    kept: Kept | None = None
    facts: dict[str, Any] | None = None
    note: str = ""


def covered(winner: TrainedWinner, config: JobConfig) -> Covered:
    """Score what the winner predicts for rows that its networks were not trained on.

    With folds these are predictions of single networks, while the mean of all of them answers, which errs
    less: what is told then holds the truth slightly more often than asked for (as in EnbPI: Xu and Xie,
    2021).

    Args:
        winner: as it answers users.
        config: of the job.

    Raises:
        ConfigError: fewer rows were held out than the coverage needs.
    """
    from automl.tasks.conformal.kept import refuse_few
    from automl.tasks.conformal.measured import crossed

    method = method_of(winner.prepared.task.kind)
    if method is None:
        return Covered()
    by, case = _held_out(winner, config, winner.held_out())
    kept = replace(method.scored(case), by=by, coverage=config.coverage)
    if config.coverage is None:
        return Covered(kept=kept)
    refuse_few(kept, method, config.coverage)
    measured = crossed(method, case, [config.coverage], by=by, seed=config.seed)
    found = {level: item.result() for level, item in measured.items()}.get(config.coverage, {})
    facts = {"asked": config.coverage, **found, "rows": len(kept), "shared": list(kept.shared())}
    return Covered(kept=kept, facts=facts, note=_told(facts, by))


def crossed_coverage(
    winner: TrainedWinner, config: JobConfig, predictions: Mapping[str, np.ndarray]
) -> tuple[dict[float, Measured], float, str]:
    """Return what a report tells of coverage: what was measured at which, the one asked for, and how.

    Args:
        winner: as it answers users.
        config: of the job.
        predictions: of the held-out rows.
    """
    from automl.tasks.conformal.measured import PARTS, crossed

    asked = config.coverage or USUAL
    how = f"Held-out rows, in {PARTS} parts: each is judged by the errors of the others."
    method = method_of(winner.prepared.task.kind)
    if method is None:
        return {}, asked, how
    by, case = _held_out(winner, config, predictions)
    levels = sorted({*LEVELS, asked})
    return crossed(method, case, levels, by=by, seed=config.seed), asked, how


def _held_out(
    winner: TrainedWinner, config: JobConfig, predictions: Mapping[str, np.ndarray]
) -> tuple[str, Case]:
    """By what held-out rows have scores of their own, and these rows with their targets."""
    prepared = winner.prepared
    by, groups = groups_by(prepared.task, config.coverage_by, prepared.validation)
    return by, case_of(prepared.task, prepared.validation, predictions, prepared.targets, groups)


def _told(facts: dict[str, Any], by: str) -> str:
    told = f"Coverage {facts['asked']:g} goes by {facts['rows']:,} held-out rows"
    if facts.get("measured") is not None:
        size = f"{facts['size_is']} {rounded(facts['size'], 4)}"
        told += f"; by cross-validation it is {facts['measured']:.3f}, {size}"
    if facts["shared"]:
        told += f". Groups of {by!r} with too few of them go by all rows: {first_names(facts['shared'], 5)}"
    return f"{told}."
