"""One network that answers as the ensemble does, at the price of one.

It has the configuration of the best trial and learns what the ensemble predicts (Bucila et al., 2006;
Hinton et al., 2015). What that keeps of the gain over the best trial is measured on rows that neither
the network nor its teachers were trained on: with folds by a network for each, taught by the teachers'
networks of that fold. The one that is exported is then trained on all rows, taught by all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from automl.core.members import winner_to_json
from automl.core.seeds import derive
from automl.core.specs import Objective, TrialRecord
from automl.jobs.assembly import Dealt, build_core
from automl.jobs.finish.alone import last_values, shortened, train_on_all
from automl.jobs.finish.lessons import Lesson, lesson_of, teaching
from automl.jobs.finish.records import Records
from automl.jobs.finish.winner import TrainedMember, TrainedWinner
from automl.jobs.session import Session
from automl.jobs.trial.training import Course, train_model
from automl.tasks.objectives import smooth_objective
from automl.training.engine import Outcome

LONGER = 2
"""How many times as many steps as the trial the network is taught for: there is more to learn, and what is
learned has no noise."""

TIME_SHARE = 0.6
"""Share of the time left that each of the two trainings may take."""

LEAST_SHARE = 0.5
"""Share of its length to which the first may be shortened; for less the best trial is better alone."""

ENOUGH = 0.95
"""Share of the ensemble's gain from which it counts as kept."""


@dataclass(frozen=True, kw_only=True)
class Distilled:
    """What came of it.

    Attributes:
        winner: one network.
        facts: for the result: ``metric``, ``score`` of the network, ``ensemble`` and ``single`` (the best
            trial) in the same, ``share`` of the ensemble's gain that is kept, None where it gains nothing,
            and whether the network is ``exported``: not where the best trial alone is as good. None where
            nothing was distilled.
        note: for the user.
    """

    winner: TrainedWinner
    facts: dict[str, Any] | None = None
    note: str = ""


def distill(session: Session, teacher: TrainedWinner, student: TrialRecord) -> Distilled:
    """Train one network on what an ensemble predicts.

    Args:
        session: the job.
        teacher: the ensemble.
        student: the best trial, whose configuration the network gets.
    """
    setting, name = session.setting, f"trial {student.number}"
    if teacher.networks == 1:
        return Distilled(winner=teacher, note=f"There is no ensemble to distill: the model is {name}.")
    left = session.seconds_left
    needed = LONGER * (student.seconds - student.compile_seconds) + student.compile_seconds
    if left is not None and TIME_SHARE * left < LEAST_SHARE * needed:
        note = f"No time was left to distill the ensemble: the model is {name} alone."
        return Distilled(winner=_alone(session, teacher, student), note=note)
    outcome, dealt = _taught(session, student, lesson_of(session, teacher, by_fold=True))
    if not outcome.variables:
        why = f" ({outcome.stopped})" if outcome.stopped else ""
        note = f"The ensemble could not be distilled{why}: the model is {name} alone."
        return Distilled(winner=_alone(session, teacher, student), note=note)
    member = _member(session, student, dealt, outcome)
    winner = TrainedWinner(prepared=setting.prepared, members=(member,), parts=setting.parts)
    facts = _kept(setting.objectives[0], teacher, winner, student)
    if not facts["exported"]:
        return Distilled(winner=_alone(session, teacher, student), facts=facts, note=told(facts, name))
    if setting.parts:
        member = _on_all(session, dealt, lesson_of(session, teacher, by_fold=False), member)
    return Distilled(winner=replace(winner, members=(member,)), facts=facts, note=told(facts, name))


def teachers_to_json(records: Records) -> list[dict[str, Any]]:
    """Return the members of the ensemble that taught as plain JSON."""
    return [] if records.teachers is None else winner_to_json(records.teachers)


def told(facts: Mapping[str, Any], name: str) -> str:
    """Return what the user is told.

    Args:
        facts: see ``Distilled``.
        name: of the best trial.
    """
    compared = f"ensemble {facts['ensemble']:.5g}, {name} alone {facts['single']:.5g}"
    text, share = f"Distilled into one network: {facts['metric']} {facts['score']:.5g}", facts["share"]
    if not facts["exported"]:
        return f"Warning: {text} ({compared}), which is not better than that, so the model is {name} alone."
    if share is None:
        return f"{text} ({compared})."
    text = f"{text}, {share:.0%} of the ensemble's gain ({compared})."
    return text if share >= ENOUGH else f"Warning: {text} The ensemble is exported without --distill."


def _alone(session: Session, teacher: TrainedWinner, student: TrialRecord) -> TrainedWinner:
    """The best trial by itself."""
    member = next(item for item in teacher.members if item.record.number == student.number)
    member = replace(member, weight=1.0)
    return replace(teacher, members=(train_on_all(session, member) if member.folds else member,))


def _taught(session: Session, student: TrialRecord, lesson: Lesson) -> tuple[Outcome, Dealt]:
    """Train on a lesson, scored on the validation part; with folds a network for each."""
    setting, deadline = session.setting, session.deadline(TIME_SHARE)
    family, dealt = setting.dealt(student.configuration)
    epochs = setting.epochs[family]
    passes = dealt.training.passes or epochs / setting.epochs_per_pass
    steps = max(1, round(LONGER * passes / lesson.repeats))
    dealt = replace(
        dealt,
        training=replace(dealt.training, patience=0, passes=steps),
        task_options=teaching(setting.prepared).taught(dealt.task_options),
    )
    course = Course(
        title="the distilled network",
        epochs=epochs,
        seed=derive(session.config.seed, "distill"),
        watch=lambda epoch: "",
        deadline=deadline,
        fits_deadline=deadline is not None,
        folds=lesson.parts,
    )
    trained = train_model(setting, dealt, lesson.prepared(setting.prepared), course)
    return trained.outcome, trained.dealt


def _member(session: Session, student: TrialRecord, dealt: Dealt, outcome: Outcome) -> TrainedMember:
    """The network, or one for each fold, with its own scores in the record."""
    setting = session.setting
    with setting.building():
        core = build_core(dealt, setting.prepared)
    member = TrainedMember.made(student, core, outcome.variables, outcome.outputs, parts=setting.parts)
    member = replace(member, outputs=member.held_out(setting.prepared, setting.parts))
    scored = TrainedWinner(prepared=setting.prepared, members=(member,), parts=setting.parts)
    best = outcome.epochs[outcome.best].number
    return replace(member, record=replace(student, best_epoch=best), metrics=scored.scores())


def _on_all(session: Session, dealt: Dealt, lesson: Lesson, member: TrainedMember) -> TrainedMember:
    """One network taught by all teachers on all rows, as long as was best out of fold."""
    setting = session.setting
    family, _ = setting.dealt(member.record.configuration)
    epochs = max(member.record.best_epoch, 1)
    values = last_values(
        setting,
        replace(dealt, training=shortened(dealt.training, epochs / setting.epochs[family])),
        lesson.prepared(setting.prepared),
        title="the distilled network on all rows",
        epochs=epochs,
        seed=derive(session.config.seed, "distill", "all"),
        deadline=session.deadline(TIME_SHARE),
    )
    return member.assigned(values, folds=())


def _kept(
    objective: Objective, teacher: TrainedWinner, winner: TrainedWinner, student: TrialRecord
) -> dict[str, Any]:
    """Scores, all on the same rows; in the loss where the metric has few levels."""
    measured = smooth_objective(objective, winner.prepared.task.kind)
    score, ensemble, single = (
        metrics[measured.name] for metrics in (winner.metrics, teacher.metrics, student.metrics)
    )
    gains = measured.better(ensemble, single)
    return {
        "metric": measured.label,
        "score": score,
        "ensemble": ensemble,
        "single": single,
        "share": (score - single) / (ensemble - single) if gains else None,
        "exported": measured.better(score, single),
    }
