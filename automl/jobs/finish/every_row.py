"""The winner of a search over a sample, trained on every row of the table."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from automl.core.amounts import plain_number
from automl.core.errors import DiskFullError
from automl.core.notes import Note
from automl.core.seeds import derive
from automl.core.specs import COSTS, Objective, of_validation
from automl.jobs.assembly import Dealt, Prepared
from automl.jobs.finish.whole import Clock, EndedError, NoTimeError, Whole, prepare_whole
from automl.jobs.finish.winner import TrainedMember, TrainedWinner
from automl.jobs.intake.setting import Setting
from automl.jobs.session import Session
from automl.jobs.trial.trained_rows import write_fingerprints
from automl.jobs.trial.training import Course, train_model
from automl.tasks.objectives import default_objective
from automl.training.engine import Epoch, Outcome, StopReason, TrainingState
from automl.training.engine_choice import make_engine

TIME_SHARE = 0.85
"""Share of the time left that reading all rows and training on them may take; the rest is for export."""


@dataclass(frozen=True, kw_only=True)
class Grown:
    """The winner after all rows were there to learn from.

    Attributes:
        winner: the same where that did not make it better.
        notes: what the user should know.
        ended: whether the user has ended it.
    """

    winner: TrainedWinner
    notes: tuple[Note, ...]
    ended: bool = False


def grown_on_every_row(session: Session, winner: TrainedWinner, ended: Callable[[], bool]) -> Grown:
    """Train each member of a winner anew, on every row of the table, and keep what scores better.

    They are scored on the rows that the trials were scored on, which are not among those of the training.

    Args:
        session: the job, over a sample.
        winner: trained on the sample.
        ended: whether the user has ended the search.
    """
    clock = Clock(session.deadline(TIME_SHARE), ended)
    try:
        clock.go_on()
        return _on_whole(session, winner, prepare_whole(session, clock), clock)
    except EndedError:
        text = "The search was interrupted: its model is trained on the sample alone"
        told = Note(f"{text}; resuming trains it on all rows.", 1.0)
        return Grown(winner=winner, notes=(told,), ended=True)
    except (NoTimeError, DiskFullError) as error:
        told = Note(f"The model is trained on the sample alone. {error}", 1.0)
        return Grown(winner=winner, notes=(told,))


def _on_whole(session: Session, winner: TrainedWinner, whole: Whole, clock: Clock) -> Grown:
    # each has its share of what the others have left; no weights are replaced before all are there
    count = len(winner.members)
    every = [
        _trained(session, member, whole, _until(clock.deadline, count - place), clock)
        for place, member in enumerate(winner.members)
    ]
    members, told = [], [*whole.notes]
    for member, trained in zip(winner.members, every, strict=True):
        grown, note = _better(session, member, whole, trained)
        members.append(grown)
        told.append(note)
    if all(new is old for new, old in zip(members, winner.members, strict=True)):
        return Grown(winner=winner, notes=tuple(told))
    write_fingerprints(session.folder, whole.fingerprints())
    return Grown(winner=replace(winner, members=tuple(members)), notes=tuple(told))


def _until(deadline: float | None, members: int) -> float | None:
    now = time.monotonic()
    return None if deadline is None else now + (deadline - now) / members


def _better(
    session: Session, member: TrainedMember, whole: Whole, trained: _Trained
) -> tuple[TrainedMember, Note]:
    """A member with the weights that score better, and what came of it."""
    record, what = member.record, f"Trial {member.record.number}"
    outcome, guide = trained.outcome, _guide(session)
    if outcome.best < 0:
        return member, Note(f"{what} was not trained on all rows: {outcome.stopped or 'no epoch ended'}.")
    before = record.metrics[guide.name]
    metrics = of_validation(outcome.epochs[outcome.best].metrics)
    after = metrics[guide.name]
    rows = _count(trained.rows, whole.shards.rows)
    seen = f"{what}: {guide.label} {plain_number(before)} on the sample, {plain_number(after)} on {rows}"
    if not guide.better(after, before):
        return member, Note(f"{seen}, so it stays as it was.")
    grown = member.assigned(outcome.variables, outputs=outcome.outputs, metrics=metrics)
    return grown, Note(f"{seen}.")


def _count(rows: int, total: int) -> str:
    return f"all {rows:,} rows" if rows == total else f"{rows:,} of {total:,} rows"


@dataclass(frozen=True, kw_only=True)
class _Trained:
    """What came of a training, and how many different rows it saw."""

    outcome: Outcome
    rows: int


def _trained(
    session: Session, member: TrainedMember, whole: Whole, deadline: float | None, clock: Clock
) -> _Trained:
    """Train the configuration of a member from its beginning, an epoch on each shard in turn."""
    setting = replace(
        session.setting,
        engine=make_engine(session.setting.engine.name, session.setting.strategy, splits=1),
        epochs_per_pass=1,
    )
    family, dealt = setting.dealt(member.record.configuration)
    epochs = max(len(whole.shards), _passes(session.setting, family, dealt, member.record.best_epoch))
    dealt = replace(dealt, training=replace(dealt.training, passes=0, patience=0))
    course = Course(
        title=f"trial {member.record.number} on all rows",
        epochs=epochs,
        seed=derive(session.config.seed, "every row"),
        watch=lambda epoch: "",
        deadline=deadline,
        fits_deadline=deadline is not None,
    )
    state: TrainingState | None = None
    rows = 0
    with session.intake.source.phases.phase(course.title, epochs, unit="parts") as phase:
        for epoch in range(epochs):
            clock.go_on()
            split = whole.split(epoch % len(whole.shards))
            outcome, state = _one_epoch(setting, dealt, split, replace(course, state=state))
            if epoch < len(whole.shards):
                rows += _rows_of_epoch(int(whole.shards.counts[epoch]), dealt, state)
            phase.advance()
            if outcome.stopped != "paused":
                break
    return _Trained(outcome=outcome, rows=rows)


def _rows_of_epoch(rows: int, dealt: Dealt, state: TrainingState | None) -> int:
    """How many rows of a shard an epoch saw: fewer where it was made shorter to end in time."""
    if state is None or not state.steps_per_epoch:
        return rows if state is not None else 0
    return min(rows, state.steps_per_epoch * dealt.training.batch_size)


def _one_epoch(
    setting: Setting, dealt: Dealt, prepared: Prepared, course: Course
) -> tuple[Outcome, TrainingState | None]:
    states: list[TrainingState] = []

    def watch(epoch: Epoch) -> StopReason:
        if epoch.state is not None:
            states.append(epoch.state())
        return "paused"

    outcome = train_model(setting, dealt, prepared, replace(course, watch=watch)).outcome
    # the model of this epoch would stay beside that of the next
    setting.release()
    return outcome, states[-1] if states else None


def _passes(setting: Setting, family: str, dealt: Dealt, best_epoch: int) -> int:
    """Passes over the sample after which the trial was best."""
    epochs = setting.epochs[family]
    passes = dealt.training.passes or epochs / setting.epochs_per_pass
    return math.ceil(passes * max(best_epoch, 1) / epochs)


def _guide(session: Session) -> Objective:
    objective = session.intake.objectives[0]
    return default_objective(session.intake.dataset.task) if objective.name in COSTS else objective
