"""How a job ends: the winner is exported, everything is written down, the tracker is told."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError, SearchError
from automl.core.files import put_in_place, sync_folder, whole, write_whole
from automl.core.specs import COSTS, Objective, TrialRecord
from automl.execution.executor import Alone
from automl.jobs.answers import listed
from automl.jobs.assembly import Dealt, Prepared, build_core, deal, exported_model
from automl.jobs.extensions import record_of
from automl.jobs.finish.exported import SECONDS, check_exported
from automl.jobs.finish.plots import validation_plots
from automl.jobs.finish.refit import refit
from automl.jobs.finish.samples import raw_sample, untyped_columns
from automl.jobs.folder import JobFolder, read_json, write_json
from automl.jobs.intake.over import COMPLETE, mark_over
from automl.jobs.intake.setting import Setting
from automl.jobs.session import Session
from automl.jobs.trial.plan import Plan, TrialEnd
from automl.jobs.trial.states import States
from automl.jobs.trial.trial import run_trial
from automl.spaces.space import family_of
from automl.tracking.tracker import ModelRecord

if TYPE_CHECKING:
    import keras
    import numpy as np
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Records:
    """All that was tried.

    Attributes:
        trials: finished trials of the study, by number.
        front: the best trial, or the Pareto front.
        baselines: trivial rules.
        best: the winner by the first objective.
    """

    trials: tuple[TrialRecord, ...]
    front: tuple[TrialRecord, ...]
    baselines: tuple[TrialRecord, ...]
    best: TrialRecord


def keep_best(folder: JobFolder, end: TrialEnd) -> None:
    """Make the weights of a trial those of the best so far, so that a killed job can still export it.

    The record goes first and comes last, so that after a crash it never stands beside the weights of
    another trial. Where it is missing, or that of a trial of which the study was not told, the best one is
    trained again at the end.
    """
    if not end.kept:
        return
    folder.best.unlink(missing_ok=True)
    sync_folder(folder.path)
    put_in_place(folder.weights_of(end.record.number), folder.weights)
    write_json(folder.best, asdict(end.record))


def finish(
    session: Session, records: Records, *, plots: Callable[[Path], Sequence[Path]], state: str
) -> None:
    """Export the winner and write result, leaderboard and plots; tell the tracker.

    Args:
        session: the job.
        records: all that was tried.
        plots: draws the study into a folder; done last, as the result is what matters.
        state: ``complete`` or ``interrupted``.
    """
    intake, folder, tracker = session.intake, session.folder, session.tracker
    warning = _baseline_warning(records, intake.objectives[0])
    if warning:
        session.progress.note(warning)
    phases = intake.source.phases
    with phases.phase("exporting the best model"):
        prepared, core = _winner(session, records.best)
        save_model(exported_model(prepared, core), folder.model)
    write_whole(folder.leaderboard, leaderboard_frame(records, intake.objectives).to_csv(index=False))
    summary = _summary(session, records, state, warning)
    _write_result(session, summary)
    with phases.phase("scoring the exported model"):
        summary = {**summary, **_checked(session, records.best, prepared, core, summary)}
    _write_result(session, summary)
    with phases.phase("registering the model"):
        tracker.log_files([folder.leaderboard, folder.result, folder.job])
        tracker.log_model(_model_record(session, records.best, prepared, core))
    with phases.phase("drawing plots"):
        drawn = validation_plots(session.setting.folds[0], core, folder.plots)
        tracker.log_files([*drawn, *plots(folder.plots)], "plots")
    with phases.phase("closing the runs"):
        tracker.end_job(state, _facts(records, intake.objectives))
    for note in tracker.notes():
        session.progress.note(note)
    _write_result(session, summary)
    if state == COMPLETE:
        mark_over(folder)
        for unneeded in (folder.cache, folder.states, folder.candidates):
            shutil.rmtree(unneeded, ignore_errors=True)
        for journal in (folder.leases, folder.epochs):
            journal.unlink(missing_ok=True)


def leaderboard_frame(records: Records, objectives: tuple[Objective, ...]) -> pd.DataFrame:
    """Return one row per trial and baseline, best first by the first objective, failures last.

    Numbers that are whole in every row are integers, also where rows lack them.
    """
    import pandas as pd

    front = {record.number for record in records.front}
    rows = [_row(record, objectives, front) for record in (*records.trials, *records.baselines)]
    frame = pd.DataFrame(rows)
    first, rising = objectives[0].label, objectives[0].direction == "minimize"
    frame["_order"] = frame["state"] == "failed"
    frame["_short"] = frame["state"] != "complete"
    keys = ["_order", first, "_short"]
    frame = frame.sort_values(keys, ascending=[True, rising, True], kind="stable")
    frame = frame.drop(columns=["_order", "_short"]).reset_index(drop=True)
    return frame.astype(dict.fromkeys(_whole(rows), "Int64"))


def _whole(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Columns that hold whole numbers wherever they hold anything, and those that count."""
    kinds: dict[str, set[type]] = {"trial": {int}, "rungs": {int}, "promotions": {int}}
    for row in rows:
        for name, value in row.items():
            if value is not None:
                kinds.setdefault(name, set()).add(type(value))
    return [name for name, found in kinds.items() if found == {int}]


def _row(record: TrialRecord, objectives: tuple[Objective, ...], front: set[int]) -> dict[str, Any]:
    scores = dict(zip([item.label for item in objectives], record.scores, strict=False))
    blank = {item.label: float("nan") for item in objectives}
    metrics = {f"val_{name}": value for name, value in record.metrics.items() if name not in COSTS}
    return {
        "trial": None if record.baseline else record.number,
        "name": record.baseline or family_of(record.configuration),
        "state": record.state,
        **blank,
        **scores,
        "spread": record.spread,
        "origin": record.origin,
        "rungs": len(record.rungs) or None,
        "promotions": record.promotions if record.rungs else None,
        "best": record.number in front,
        "epochs": record.epochs,
        "best_epoch": record.best_epoch,
        "seconds": round(record.seconds, 2),
        "compile_seconds": record.effort.get("compile_seconds"),
        "parameters": _count(record.metrics.get("parameters")),
        "latency_ms": record.metrics.get("latency_ms"),
        "feasible": record.feasible if record.constraints else None,
        **{name: value for name, value in metrics.items() if name not in scores},
        **_parameters(record),
        "reason": record.reason,
    }


def _count(value: float | None) -> int | None:
    return None if value is None else int(value)


def _parameters(record: TrialRecord) -> dict[str, Any]:
    """Parameters by their plain names, so that those of several families share columns."""
    prefix = f"{record.configuration.get('family', '')}."
    named = {name: value for name, value in record.configuration.items() if name != "family"}
    return {name.removeprefix(prefix): value for name, value in named.items()}


def _winner(session: Session, best: TrialRecord) -> tuple[Prepared, keras.Model]:
    config, setting, folder = session.config, session.setting, session.folder
    family, parameters = setting.space.split(best.configuration)
    dealt = deal(setting.families[family], setting.folds[0].task, parameters)
    left = None if config.time is None else session.started + config.time - time.monotonic()
    if config.folds is not None and (left is None or left > best.seconds / config.folds):
        prepared, trained = refit(config, session.intake, setting, dealt, best)
        write_json(folder.task, prepared.task.describe())
        return prepared, _untrained(setting, dealt, prepared, trained.get_weights())
    core = _untrained(setting, dealt, setting.folds[0])
    if _are_of(folder, best) and _loaded(core, folder.weights):
        return setting.folds[0], core
    trained = _trained_again(session, best)
    return setting.folds[0], _untrained(setting, dealt, setting.folds[0], trained.get_weights())


def _are_of(folder: JobFolder, best: TrialRecord) -> bool:
    """Whether the weights that were kept are those of a trial."""
    try:
        return bool(read_json(folder.best).get("number") == best.number)
    except ConfigError:
        return False


def _loaded(core: keras.Model, path: Path) -> bool:
    """Give a model the weights of a file; False where it is damaged or another model's."""
    try:
        core.load_weights(path)
    except Exception:  # h5py and Keras each have their own
        return False
    return True


def _checked(
    session: Session, best: TrialRecord, prepared: Prepared, core: keras.Model, summary: Mapping[str, Any]
) -> dict[str, Any]:
    """Score the file that was written; what it is worth, for the result."""
    config = session.config
    left = None if config.time is None else session.started + config.time - time.monotonic()
    check = check_exported(
        session.folder.model,
        prepared,
        core,
        objective=session.intake.objectives[0],
        expected=best.scores[0] if config.folds is None else None,
        seconds=SECONDS if left is None else left,
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


def _untrained(
    setting: Setting, dealt: Dealt, prepared: Prepared, weights: Sequence[np.ndarray] = ()
) -> keras.Model:
    """The winner's model without an optimizer, which would be saved with it and hinder its loading."""
    with setting.building():
        core = build_core(dealt, prepared)
    if weights:
        core.set_weights(weights)
    return core


def _trained_again(session: Session, best: TrialRecord) -> keras.Model:
    """The best trial's model when the weights kept are another's: a kill fell between two writes."""
    session.progress.note(f"The weights of trial {best.number} were lost, so it is trained again.")
    plan = Plan(
        until=best.epochs if best.state != "complete" else None,
        number=best.number,
        configuration=best.configuration,
        seed=best.seed,
        run_id="",
    )
    states = States(folder=session.folder.states, note=session.progress.note)
    end = run_trial(session.setting, plan, states, Alone())
    if end is None or end.model is None:
        raise SearchError(
            f"Trial {best.number} could not be trained again: {end.record.reason if end else 'interrupted'}"
        )
    return end.model


def _model_record(
    session: Session, best: TrialRecord, prepared: Prepared, core: keras.Model
) -> ModelRecord:
    example, prediction = raw_sample(session.intake, prepared, core)
    return ModelRecord(
        folder=session.folder.path,
        example=example,
        prediction=prediction,
        metrics=best.metrics,
        run_id=best.run_id,
        lenient=session.config.lenient,
        untyped=untyped_columns(session.intake, example),
        packages=tuple(item["package"] for item in read_json(session.folder.result).get("extensions", ())),
    )


def _write_result(session: Session, summary: Mapping[str, Any]) -> None:
    seconds = round(time.monotonic() - session.started, 2)
    write_json(session.folder.result, {**summary, "seconds": seconds})


def save_model(model: keras.Model | None, path: Path) -> None:
    """Write a model whole: a crash leaves the old file or the new."""
    if model is None:
        raise ValueError("there is no model to save")
    with whole(path) as draft:
        model.save(draft)


def _baseline_warning(records: Records, objective: Objective) -> str:
    score = records.best.scores[0]
    for baseline in records.baselines:
        if not objective.better(score, baseline.scores[0]):
            return (
                f"Warning: the best trial ({objective.label} {score:.5g}) does not beat the baseline "
                f"{baseline.baseline!r} ({baseline.scores[0]:.5g}): the inputs may not predict it."
            )
    return ""


def _summary(session: Session, records: Records, state: str, warning: str) -> dict[str, Any]:
    intake, folder = session.intake, session.folder
    run_id = session.tracker.resolve(read_json(folder.state)["run_id"])
    family, parameters = intake.space.split(records.best.configuration)
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
        "spread": records.best.spread,
        "trials": len(records.trials),
        **_counts(records.trials),
        "front": [
            {"trial": record.number, **dict(zip(labels, record.scores, strict=True))}
            for record in records.front
        ],
        "baselines": {
            record.baseline: dict(zip(labels, record.scores, strict=True)) for record in records.baselines
        },
        "warning": warning,
        **listed(intake.notes),
        "modality": intake.modality.name,
        "task": intake.dataset.task,
        "model": str(folder.model),
        "mlflow_run_id": run_id or None,
        **record_of(families=[f"{intake.modality.name}/{family}"], task=intake.dataset.task),
    }


def _facts(records: Records, objectives: tuple[Objective, ...]) -> dict[str, Any]:
    origins = Counter(record.origin for record in records.trials if record.origin)
    return {
        "trials": len(records.trials),
        **_counts(records.trials),
        **{f"origin_{name.replace(' ', '_')}": count for name, count in sorted(origins.items())},
        "best_trial": records.best.number,
        **{
            f"best_{item.label}": score for item, score in zip(objectives, records.best.scores, strict=True)
        },
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
