"""The best trial alone, where the networks of its folds are not to be joined: trained on all examples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from automl.core.seeds import derive
from automl.core.targets import count_rows, held_rows, spread_rows, take_rows
from automl.jobs.assembly import Dealt, Prepared
from automl.jobs.finish.winner import TrainedMember
from automl.jobs.intake.setting import Setting
from automl.jobs.session import Session
from automl.jobs.trial.training import Course, train_model
from automl.tasks.scoring import OutputScorer
from automl.training.engine import Epoch, Split, StopReason, TrainingOptions

if TYPE_CHECKING:
    import numpy as np

SCORED = 256
"""Examples that each epoch is scored on: for the record only, as they are trained on."""

TIME_SHARE = 0.6
"""Share of the time left that the training may take; the rest is for export and check."""

LEAST_SHARE = 0.5
"""Share of its length to which it may be shortened at most; for less a network of the folds is better."""


def train_on_all(session: Session, member: TrainedMember) -> TrainedMember:
    """Return a member of one network, trained on all examples as long as was best out of fold.

    Where the time does not allow it, that is the network of the first fold.

    Args:
        session: the job.
        member: with the networks of its folds.
    """
    setting, record = session.setting, member.record
    outputs = member.held_out(setting.prepared, setting.parts)
    if not is_time_for(session, member):
        rows, total = len(setting.parts[0].train), count_rows(setting.prepared.split.train_targets)
        session.progress.note(
            f"No time was left to train trial {record.number} on all rows: the model is its network of the "
            f"first fold, trained on {rows:,} of {total:,}."
        )
        values = tuple(array[0] for array in member.folds)
    else:
        values = values_on_all(session, member, seed=derive(session.config.seed, "refit"))
    return member.assigned(values, folds=(), outputs=outputs)


def is_time_for(session: Session, member: TrainedMember) -> bool:
    """Whether a member can be trained on all examples in the time left, if need be for less long."""
    left, record = session.seconds_left, member.record
    training = (record.seconds - record.compile_seconds) / len(session.setting.parts)
    return left is None or TIME_SHARE * left >= LEAST_SHARE * (record.compile_seconds + training)


def shortened(training: TrainingOptions, share: float) -> TrainingOptions:
    """Return the options for a share of the epochs, which see each row for the same share of the passes."""
    passes = max(1, round(share * training.passes)) if training.passes else 0
    return replace(training, patience=0, passes=passes)


def values_on_all(session: Session, member: TrainedMember, *, seed: int) -> tuple[np.ndarray, ...]:
    """Return values of a network on all rows, after as many epochs as were best out of fold.

    Args:
        session: the job.
        member: of which configuration.
        seed: of weights and batches.
    """
    setting, record = session.setting, member.record
    epochs = max(record.best_epoch, 1)
    family, dealt = setting.dealt(record.configuration)
    training = shortened(dealt.training, epochs / setting.epochs[family])
    return last_values(
        setting,
        replace(dealt, training=training),
        setting.prepared,
        title="the training on all examples",
        epochs=epochs,
        seed=seed,
        deadline=session.deadline(TIME_SHARE),
    )


def last_values(
    setting: Setting,
    dealt: Dealt,
    prepared: Prepared,
    *,
    title: str,
    epochs: int,
    seed: int,
    deadline: float | None,
) -> tuple[np.ndarray, ...]:
    """Train one network on all examples and return its values after the last epoch.

    Which epoch is best cannot be told from examples that are trained on.

    Args:
        setting: what the trials of the job share.
        dealt: the configuration.
        prepared: the data.
        title: what is trained, for notes.
        epochs: full length.
        seed: of weights and batches.
        deadline: ``time.monotonic()`` before which it ends, epochs made shorter if need be; or None.
    """
    last: list[tuple[np.ndarray, ...]] = []

    def watch(epoch: Epoch) -> StopReason:
        if epoch.number == epochs and epoch.state is not None:
            last.append(epoch.state().variables)
        return ""

    course = Course(
        title=title,
        epochs=epochs,
        seed=seed,
        watch=watch,
        deadline=deadline,
        fits_deadline=deadline is not None,
    )
    trained = train_model(setting, dealt, _scored_on_few(prepared), course)
    return last[-1] if last else trained.outcome.variables


def _scored_on_few(prepared: Prepared) -> Prepared:
    split = prepared.split
    rows = spread_rows(count_rows(split.train_targets), SCORED)
    targets = take_rows(split.train_targets, rows)
    few = Split(
        train=split.train,
        train_targets=split.train_targets,
        validation=held_rows(split.train, rows),
        scorer=lambda: OutputScorer(prepared.task, targets),
    )
    return replace(prepared, split=few, targets=targets)
