"""How a job ends: the winner is exported, the results are written, and the tracker is updated."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.amounts import plain_number
from automl.core.catalog import at_place
from automl.core.files import whole, write_whole
from automl.core.members import winner_to_json
from automl.core.specs import Objective, TrialRecord
from automl.data.audit.audit import looked_at
from automl.execution.executor import INTERRUPTED
from automl.jobs.answers import listed
from automl.jobs.coverage import covering, write_kept
from automl.jobs.extensions import record_of
from automl.jobs.finish.distill import Distilled, distill, teachers_to_json
from automl.jobs.finish.doubted import with_doubted
from automl.jobs.finish.every_row import Grown, grown_on_every_row
from automl.jobs.finish.exported import SHARE, check_exported
from automl.jobs.finish.leaderboard import leaderboard_frame
from automl.jobs.finish.members import joined, train_winner
from automl.jobs.finish.plots import validation_plots
from automl.jobs.finish.ready import Ready, ready
from automl.jobs.finish.records import Records
from automl.jobs.finish.reported import report_files
from automl.jobs.finish.samples import raw_sample, untyped_columns
from automl.jobs.finish.validated import Checked, validated
from automl.jobs.finish.winner import TrainedWinner
from automl.jobs.folder import JobFolder, read_json, write_json
from automl.jobs.intake.over import COMPLETE, mark_over
from automl.jobs.intake.protected import kept_by_trials
from automl.jobs.session import Session
from automl.jobs.versions import write_versioned
from automl.tracking.tracker import ModelRecord

if TYPE_CHECKING:
    import keras


def finish(
    session: Session,
    records: Records,
    *,
    plots: Callable[[Path], Sequence[Path]],
    state: str,
    ended: Callable[[], bool],
) -> str:
    """Export the winner and write result, leaderboard, report and plots; tell the tracker.

    Args:
        session: the job.
        records: all that was tried.
        plots: draws the study into a folder; done last, as the result is what matters.
        state: ``complete`` or ``interrupted``.
        ended: whether the user has ended the search since.

    Returns:
        the state in which the job is left.
    """
    intake, folder, tracker = session.intake, session.folder, session.tracker
    warning = _warned(session, records)
    phases = intake.source.phases
    with phases.phase("exporting the best model"):
        distilled = _distilled(session, records, state != COMPLETE)
        found = _exported(session, distilled.winner)
    write_whole(folder.leaderboard, leaderboard_frame(records, intake.objectives).to_csv(index=False))
    summary = _summary(session, records, found, state, warning) | _taught(distilled, records)
    _write_result(session, summary)
    if intake.drawn is not None and records.teachers is None:
        grown = grown_on_every_row(session, found.winner, lambda: state != COMPLETE or ended())
        session, found = _with_grown(session, found, grown)
        state = INTERRUPTED if grown.ended else state
        summary = summary | _summary(session, records, found, state, warning)
        _write_result(session, summary)
    for note in filter(None, (distilled.note, *found.notes, _sampled_note(session, records))):
        session.progress.note(note)
    winner = found.winner
    with phases.phase("checking the exported model"):
        summary = {**summary, **_checked(session, winner, summary)}
    _write_result(session, summary)
    checked = validated(session, records, winner, lambda: state != COMPLETE or ended())
    summary = summary | checked.known.facts()
    _write_result(session, summary)
    _publish(session, records, winner, checked, plots)
    with phases.phase("closing the runs"):
        tracker.end_job(state, _facts(records, intake.objectives, summary))
    for note in tracker.notes():
        session.progress.note(note)
    _write_result(session, summary)
    if state == COMPLETE:
        mark_over(folder)
        _tidy(folder)
    return state


def _publish(
    session: Session,
    records: Records,
    winner: TrainedWinner,
    checked: Checked,
    plots: Callable[[Path], Sequence[Path]],
) -> None:
    """Write what people look at, and give the tracker all files and the model."""
    folder, tracker, phases = session.folder, session.tracker, session.intake.source.phases
    with phases.phase("writing the report"):
        # the model card among them goes with the model
        tracker.log_files(report_files(session, records, winner, checked))
    with phases.phase("registering the model"):
        tracker.log_files([folder.leaderboard, folder.result, folder.job])
        tracker.log_model(_model_record(session, winner))
    with phases.phase("drawing plots"):
        drawn = validation_plots(winner, folder.plots)
        tracker.log_files([*drawn, *plots(folder.plots)], "plots")


def _warned(session: Session, records: Records) -> str:
    """What speaks against the best trial; the user is told."""
    told = (
        limit_warning(records.best, kept_by_trials(session.config)),
        _baseline_warning(records, session.intake.objectives[0]),
    )
    for warning in filter(None, told):
        session.progress.note(warning)
    return " ".join(filter(None, told))


def _tidy(folder: JobFolder) -> None:
    """Remove what only a job that goes on needs."""
    for unneeded in (folder.cache, folder.states):
        shutil.rmtree(unneeded, ignore_errors=True)
    for journal in (folder.leases, folder.epochs):
        journal.unlink(missing_ok=True)


def _exported(session: Session, winner: TrainedWinner) -> Ready:
    """Write the model, and the task that says what it answers."""
    found = ready(winner, session.config)
    save_model(found.winner.exported(), session.folder.model)
    if found.coverage.kept is not None:
        write_kept(session.folder.coverage, found.coverage.kept)
    write_versioned(session.folder.task, found.winner.prepared.task.describe())
    return found


def _with_grown(session: Session, found: Ready, grown: Grown) -> tuple[Session, Ready]:
    """Write the model of a winner that all rows made better; the session knows of it."""
    if any(member.metrics for member in grown.winner.members):
        found = _exported(session, replace(grown.winner, temperature=1.0))
    for note in grown.notes:
        session.progress.note(note)
    intake = session.intake
    return replace(session, intake=replace(intake, notes=(*intake.notes, *grown.notes))), found


def _distilled(session: Session, records: Records, hurried: bool) -> Distilled:
    """The winner with its weights: one network taught by others, where that is asked for."""
    if records.teachers is None:
        return Distilled(winner=train_winner(session, records, hurried))
    teacher = joined(session, records, records.teachers)
    with session.intake.source.phases.phase("distilling the ensemble into one network"):
        return distill(session, teacher, records.best)


def _taught(distilled: Distilled, records: Records) -> dict[str, Any]:
    """What the result says of an ensemble that was distilled."""
    facts = distilled.facts
    return {"distilled": None if facts is None else {**facts, "teachers": teachers_to_json(records)}}


def _sampled_note(session: Session, records: Records) -> str:
    if session.intake.drawn is None or records.teachers is None:
        return ""
    return "The network is taught on the sample alone: with --distill nothing is trained on all rows."


def _checked(session: Session, winner: TrainedWinner, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Score the file that was written; what it is worth, for the result."""
    check = check_exported(
        session.folder.model,
        winner,
        objective=session.intake.objectives[0],
        expected=summary["ensemble_score"],
        seconds=session.share(SHARE),
    )
    if check.note:
        session.progress.note(check.note)
    return {
        "exported_score": check.score,
        "exported_examples": check.examples,
        "exported_error": check.fault,
        "notes": [*summary["notes"], *filter(None, (check.note, check.fault))],
        "warnings": [*summary["warnings"], *filter(None, (check.fault,))],
    }


def _model_record(session: Session, winner: TrainedWinner) -> ModelRecord:
    kind = session.intake.dataset.schema.get("label_type", "str")
    told = covering(session.folder.coverage, winner.prepared.task, kind, None)
    example, prediction = raw_sample(session.intake, winner, told)
    return ModelRecord(
        folder=session.folder.path,
        example=example,
        prediction=prediction,
        metrics=winner.metrics,
        members={item.record.run_id: item.weight for item in winner.members if item.record.run_id},
        lenient=session.config.lenient,
        untyped=untyped_columns(session.intake, example),
        packages=tuple(item["package"] for item in read_json(session.folder.result).get("extensions", ())),
    )


def _write_result(session: Session, summary: Mapping[str, Any]) -> None:
    known = {
        "seconds": round(time.monotonic() - session.started, 2),
        "timings": [
            {"phase": item.name, "at": round(item.begin, 3), "seconds": round(item.seconds, 3)}
            for item in session.intake.source.phases.timings
        ],
    }
    write_json(session.folder.result, {**summary, **known})


def save_model(model: keras.Model | None, path: Path) -> None:
    """Write a model whole: a crash leaves the old file or the new."""
    if model is None:
        raise ValueError("there is no model to save")
    with whole(path) as draft:
        model.save(draft)


def limit_warning(best: TrialRecord, limits: Sequence[str]) -> str:
    """Return what to tell where even the best trial violates limits, which one that keeps them never does.

    Args:
        best: the best trial.
        limits: as the user wrote them, in the order of the trial's ``constraints``.
    """
    broken = [text for text, excess in zip(limits, best.constraints, strict=False) if excess > 0]
    if not broken:
        return ""
    return f"Warning: no trial keeps every constraint; the best one violates {', '.join(broken)}."


def _baseline_warning(records: Records, objective: Objective) -> str:
    score = records.best.scores[0]
    for baseline in records.baselines:
        if not objective.better(score, baseline.scores[0]):
            reached, usual = plain_number(score), plain_number(baseline.scores[0])
            return (
                f"Warning: the best trial ({objective.label} {reached}) does not beat the baseline "
                f"{baseline.baseline!r} ({usual}): the inputs may not predict it."
            )
    return ""


def _summary(session: Session, records: Records, found: Ready, state: str, warning: str) -> dict[str, Any]:
    intake, folder, metrics = session.intake, session.folder, found.winner.metrics
    run_id = session.tracker.resolve(read_json(folder.state)["run_id"])
    family, parameters = intake.space.split(records.best.configuration)
    families = [intake.space.split(member.configuration)[0] for member in records.members()]
    labels = [item.label for item in intake.objectives]
    return {
        "name": session.name,
        "state": state,
        "best_score": records.best.scores[0],
        "metric": labels[0],
        "direction": intake.objectives[0].direction,
        "best_trial": records.best.number,
        "best_configuration": {"family": family, **parameters},
        "best_metrics": dict(records.best.metrics),
        "members": winner_to_json(records.winner),
        "ensemble_score": metrics.get(intake.objectives[0].name, records.best.scores[0]),
        "ensemble_metrics": dict(metrics),
        "calibration": found.calibration,
        "decision": found.decision,
        "coverage": found.coverage.facts,
        "operating": _operating(found.winner),
        "folds": len(session.setting.parts) or None,
        "spread": records.best.spread,
        "trials": len(records.trials),
        **_counts(records.trials),
        "sampled": None if intake.drawn is None else [len(intake.drawn.rows), intake.drawn.total],
        "front": [
            {"trial": record.number, **dict(zip(labels, record.scores, strict=True))}
            for record in records.front
        ],
        "baselines": {
            record.baseline: dict(zip(labels, record.scores, strict=True)) for record in records.baselines
        },
        "warning": warning,
        **listed(intake.notes),
        "audit": [asdict(finding) for finding in with_doubted(intake, found.winner)],
        "audited": looked_at(intake.dataset, intake.alike),
        "modality": intake.modality.name,
        "task": intake.dataset.task,
        "model": folder.model.name,
        "mlflow_run_id": run_id or None,
        **record_of(
            families=[intake.families[name] for name in families],
            task=intake.dataset.task,
            schema=intake.dataset.schema,
        ),
    }


def _operating(winner: TrainedWinner) -> dict[str, Any] | None:
    """Thresholds of a task that has some, chosen on what was not trained on."""
    prepared = winner.prepared
    place = prepared.task.declaration.operating
    if not place:
        return None
    chosen: dict[str, Any] = at_place(place)(
        prepared.targets, winner.held_out(), prepared.validation.groups
    )
    return chosen


def _facts(
    records: Records, objectives: tuple[Objective, ...], summary: Mapping[str, Any]
) -> dict[str, Any]:
    origins = Counter(record.origin for record in records.trials if record.origin)
    return {
        "trials": len(records.trials),
        **_counts(records.trials),
        **{f"origin_{name.replace(' ', '_')}": count for name, count in sorted(origins.items())},
        "best_trial": records.best.number,
        **{
            f"best_{item.label}": score for item, score in zip(objectives, records.best.scores, strict=True)
        },
        **(
            {f"ensemble_{objectives[0].label}": summary["ensemble_score"]}
            if len(records.winner.members) > 1
            else {}
        ),
    }


def _counts(trials: Sequence[TrialRecord]) -> dict[str, int]:
    """How the trials ended, how many were promoted, and promotions in all."""
    states = Counter(record.state for record in trials)
    return {
        "finished": states["complete"],
        "paused": states["paused"],
        "pruned": states["pruned"],
        "failed": states["failed"],
        "promoted": sum(record.promotions > 0 for record in trials),
        "promotions": sum(record.promotions for record in trials),
    }
