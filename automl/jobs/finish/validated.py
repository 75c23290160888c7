"""How far a result can be believed, as far as the user asked and the time allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from automl.jobs.finish.holdout import held_out, judged_holdout, nested_of
from automl.jobs.finish.records import Records
from automl.jobs.finish.repeated import Again, can_repeat
from automl.jobs.finish.rivals import chosen
from automl.jobs.finish.winner import TrainedWinner
from automl.jobs.report.judging import Judged
from automl.jobs.report.validated import Validated
from automl.jobs.report.writing import attempted_part
from automl.jobs.session import Session


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What is known of a result, and the model on the holdout, where there is one."""

    known: Validated
    holdout: Judged | None = None


def validated(
    session: Session, records: Records, winner: TrainedWinner, ended: Callable[[], bool]
) -> Checked:
    """Score the winner on the holdout, and look how much of its score is choice, seed and number of rows.

    Args:
        session: the job.
        records: all that was tried.
        winner: as it is exported.
        ended: whether the user has ended the search.
    """
    config, note = session.config, session.progress.note
    checked = Checked(known=Validated())
    choice = attempted_part(lambda: chosen(session, records, winner), note, "comparison of trials")
    checked = _with(checked, choice=choice)
    judged = attempted_part(lambda: judged_holdout(session, winner), note, "score on the holdout")
    if judged is not None:
        found = attempted_part(lambda: held_out(session, winner, judged), note, "score on the holdout")
        checked = replace(_with(checked, holdout=found), holdout=judged)
    if config.nested:
        objective = session.intake.objectives[0]
        checked = _with(checked, nested=nested_of(session.folder, config.folds or 0, objective))
    if not can_repeat(session):
        return checked
    again = Again(session=session, record=records.best, ended=ended)
    if config.repeat_seeds:
        checked = _with(checked, seeds=again.seeds(config.repeat_seeds))
    if config.learning_curve:
        checked = _with(checked, curve=again.curve(checked.known.seeds[1:]))
    return checked


def _with(checked: Checked, **changes: object) -> Checked:
    return replace(checked, known=replace(checked.known, **changes))  # type: ignore[arg-type]
