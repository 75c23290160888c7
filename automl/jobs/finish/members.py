"""The members of a winner, brought back from what was kept of their trials, or trained again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError, SearchError
from automl.core.members import Winner
from automl.core.specs import TrialRecord
from automl.execution.executor import Alone
from automl.jobs.assembly import build_core
from automl.jobs.finish.alone import train_on_all
from automl.jobs.finish.every_group import with_every_group
from automl.jobs.finish.records import Records
from automl.jobs.finish.winner import TrainedMember, TrainedWinner
from automl.jobs.session import Session
from automl.jobs.trial.kept import load_outputs, load_variables
from automl.jobs.trial.plan import Found, Plan
from automl.jobs.trial.states import States
from automl.jobs.trial.trial import run_trial

if TYPE_CHECKING:
    import keras


def train_winner(session: Session, records: Records, hurried: bool = False) -> TrainedWinner:
    """Return the winner with its weights.

    With folds that are not to be joined the trial is trained once more, on all examples, if time allows. So
    is each member where folds lack groups.

    Args:
        session: the job.
        records: all that was tried.
        hurried: whether the user has ended the search, so that what can be spared is.

    Raises:
        SearchError: the weights of a member are lost, and it cannot be trained again.
    """
    winner = joined(session, records, records.winner)
    if winner.parts and not session.setting.joins:
        return replace(winner, members=(train_on_all(session, winner.members[0]),))
    return with_every_group(session, winner) if session.setting.completes and not hurried else winner


def joined(session: Session, records: Records, chosen: Winner) -> TrainedWinner:
    """Return the networks of trials, of all folds, with the weights that were chosen.

    Raises:
        SearchError: the weights of a member are lost, and it cannot be trained again.
    """
    setting = session.setting
    members = tuple(
        replace(_member(session, record), weight=chosen.weights[record.number])
        for record in records.members(chosen)
    )
    return TrainedWinner(prepared=setting.prepared, parts=setting.parts, members=members)


def _member(session: Session, record: TrialRecord) -> TrainedMember:
    """A member after its best epoch."""
    setting = session.setting
    _, dealt = setting.dealt(record.configuration)
    with setting.building():
        core = build_core(dealt, setting.prepared)
    found = _kept(session, record)
    if found is None or not _fits(core, found, len(setting.parts)):
        found = _trained_again(session, record)
    return TrainedMember.made(record, core, found.variables, found.outputs, parts=setting.parts)


def _kept(session: Session, record: TrialRecord) -> Found | None:
    path = session.folder.found_by(record.number)
    try:
        return Found(variables=load_variables(path, record), outputs=load_outputs(path, record))
    except ConfigError:
        return None


def _fits(core: keras.Model, found: Found, parts: int) -> bool:
    first = (parts,) if parts else ()
    wanted = [(*first, *variable.shape) for variable in core.variables]
    return wanted == [values.shape for values in found.variables]


def _trained_again(session: Session, record: TrialRecord) -> Found:
    """What a trial finds whose weights are gone: damaged, given up for room, or never kept."""
    session.progress.note(f"The weights of trial {record.number} were not kept, so it is trained again.")
    plan = Plan(
        until=record.epochs if record.state != "complete" else None,
        number=record.number,
        configuration=record.configuration,
        seed=record.seed,
        run_id="",
    )
    states = States(folder=session.folder.states, note=session.progress.note)
    end = run_trial(session.setting, plan, states, Alone())
    if end is None or end.found is None or not end.found.variables:
        reason = end.record.reason if end else "interrupted"
        raise SearchError(f"Trial {record.number} could not be trained again: {reason}")
    return end.found
