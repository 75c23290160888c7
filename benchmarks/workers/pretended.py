"""Trials that pretend to train: epochs take the time they are told to, scores follow a formula.

For whoever measures or tests what is around the training: study, executor, tracker, rungs.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from automl.core.specs import JobRecord, Objective, Rung, TrialRecord
from automl.execution.dispatcher import Dispatcher
from automl.execution.executor import INTERRUPTED, Channel, Runner, Work, one_by_one
from automl.execution.leases import Leases
from automl.execution.pool import ProcessCrew, places
from automl.jobs.folder import JobFolder
from automl.jobs.progress import SilentProgress
from automl.jobs.search.budget import budget_from
from automl.jobs.search.loop import Loop
from automl.jobs.trial.epochs import Epochs
from automl.jobs.trial.messages import epoch_message
from automl.jobs.trial.plan import Plan, TrialEnd, end_from_json, end_to_json, plan_from_json, plan_to_json
from automl.spaces.parameters import Choice, Float, Integer
from automl.spaces.space import SearchSpace
from automl.tracking.memory import NullTracker
from automl.tracking.tracker import Tracker
from automl.training.engine import Epoch

PLACE = "benchmarks.workers.pretended:open_runner"

ACCURACY = Objective(name="accuracy", direction="maximize")

SPACE = SearchSpace(
    name="pretended",
    epochs=9,
    parameters=(
        Float(name="learning_rate", low=1e-4, high=1e-1, log=True, default=1e-3),
        Float(name="dropout", low=0.0, high=0.5, default=0.1),
        Integer(name="depth", low=1, high=6, default=2),
        Integer(name="width", low=16, high=512, log=True, default=64),
        Choice(name="activation", values=("relu", "gelu", "silu"), default="relu"),
    ),
    portfolio=(),
)


def open_runner(options: Mapping[str, Any]) -> Runner:
    """Return a runner of plans.

    Args:
        options: ``folder`` in which the last epoch of each trial is saved and a line is written for each
            epoch trained, none to save nothing; ``seconds`` that an epoch takes.
    """
    folder = Path(options["folder"]) if options.get("folder") else None
    seconds = float(options.get("seconds", 0.0))

    def run(values: Mapping[str, Any], channel: Channel) -> dict[str, Any] | None:
        end = _train(plan_from_json(values), channel, folder, seconds)
        return None if end is None else end_to_json(end)

    return one_by_one(run)


@contextmanager
def pretended_search(
    folder: Path,
    *,
    trials: int,
    workers: int,
    sampler: str = "rungs",
    tracking_uri: str = "",
    seconds: float = 0.0,
    saving: bool = False,
    storage: str | None = None,
    seed: int = 0,
) -> Iterator[tuple[Loop, Dispatcher[Plan, TrialEnd]]]:
    """Open a search over pretended trials: real study, real worker processes, real tracker.

    Args:
        folder: the job folder.
        trials: in all.
        workers: processes.
        sampler: of the study; ``rungs`` comes with its pruner.
        tracking_uri: of MLflow, empty for none.
        seconds: that an epoch takes.
        saving: whether trials save each epoch and write down which they trained.
        storage: of the study, a journal in the folder by default.
        seed: of the study.
    """
    from automl.study.opening import open_proposer

    job = JobFolder(folder)
    leases = Leases(job.leases)
    pool: Dispatcher[Plan, TrialEnd] = Dispatcher(
        ProcessCrew(places(workers), folder=job.logs, leases=leases),
        leases=leases,
        encode=plan_to_json,
        decode=lambda plan, values: end_from_json(values),
    )
    try:
        pool.open(Work(place=PLACE, options={"seconds": seconds, "folder": str(folder) if saving else ""}))
        yield (
            Loop(
                name="pretended",
                objectives=(ACCURACY,),
                proposer=open_proposer(
                    folder=folder,
                    name="pretended",
                    space=SPACE,
                    objectives=(ACCURACY,),
                    sampler=sampler,
                    pruner="rungs" if sampler == "rungs" else "none",
                    seed=seed,
                    storage=storage,
                ),
                tracker=_tracker(folder, tracking_uri),
                progress=SilentProgress(),
                budget=budget_from(trials, None, started=time.monotonic(), used=0.0),
                seed=seed,
                executor=pool,
                keep=lambda end, best: None,
                show=lambda configuration: (configuration, SPACE.epochs),
                epochs=Epochs(job.epochs),
            ),
            pool,
        )
    finally:
        pool.close()


def _tracker(folder: Path, uri: str) -> Tracker:
    if not uri:
        return NullTracker()
    from automl.tracking.delivery_process import DeliveryProcess
    from automl.tracking.location import resolve
    from automl.tracking.opening import open_tracker

    return open_tracker(uri, folder, DeliveryProcess(resolve(uri)))


def job_record(folder: Path, run_id: str = "") -> JobRecord:
    """Return what the tracker is told when the search starts, or goes on with a run."""
    return JobRecord(
        name="pretended",
        folder=str(folder),
        task="binary",
        modality="tabular",
        objectives=(ACCURACY,),
        settings={},
        data={"digest": "0", "rows": 1, "columns": (), "source": "pretended"},
        run_id=run_id,
    )


def accuracy(configuration: Mapping[str, Any], epoch: int) -> float:
    """What a configuration is worth after so many epochs, between 0 and 1."""
    rate = math.log10(float(configuration["learning_rate"])) + 2.5
    size = math.log2(float(configuration["width"])) - 7
    worth = math.exp(-(rate**2) / 2 - size**2 / 20 - float(configuration["dropout"]) ** 2)
    return worth * (1 - math.exp(-epoch / (1 + float(configuration["depth"]))))


def _train(plan: Plan, channel: Channel, folder: Path | None, seconds: float) -> TrialEnd | None:
    last = plan.until or SPACE.epochs
    saved = _saved(plan, folder)
    for epoch in range(1, saved + 1):
        channel.say(_message(plan, epoch, seconds))
    for epoch in range(saved + 1, last + 1):
        time.sleep(seconds)
        _note(folder, "epochs.log", f"{plan.number} {epoch}")
        reason = channel.say(_message(plan, epoch, seconds))
        _save(plan, folder, epoch)
        channel.saved()
        if reason == INTERRUPTED:
            return None
    return TrialEnd(record=_record(plan, last))


def _message(plan: Plan, epoch: int, seconds: float) -> Mapping[str, Any]:
    value = accuracy(plan.configuration, epoch)
    metrics = {"loss": 1 - value, "val_accuracy": value}
    return epoch_message(Epoch(number=epoch, metrics=metrics, seconds=seconds))


def _record(plan: Plan, epochs: int) -> TrialRecord:
    value = accuracy(plan.configuration, epochs)
    rungs = tuple(
        Rung(epochs=level, scores=(accuracy(plan.configuration, level),), time=time.time())
        for level in plan.levels
        if level <= epochs
    )
    return replace(
        plan.blank(),
        state="paused" if plan.until else "complete",
        scores=(value,),
        metrics={"accuracy": value},
        epochs=epochs,
        best_epoch=epochs,
        seconds=0.01 * epochs,
        rungs=rungs,
        pauses=(plan.paused.pauses if plan.paused else 0) + bool(plan.until),
    )


def _saved(plan: Plan, folder: Path | None) -> int:
    if folder is None:
        return plan.paused.epochs if plan.paused else 0
    path = folder / f"{plan.number}.json"
    return int(json.loads(path.read_text())) if path.exists() else 0


def _save(plan: Plan, folder: Path | None, epoch: int) -> None:
    if folder is None:
        return
    draft = folder / f".{plan.number}.json"
    draft.write_text(json.dumps(epoch))
    draft.replace(folder / f"{plan.number}.json")


def _note(folder: Path | None, name: str, line: str) -> None:
    if folder is not None:
        with (folder / name).open("a") as file:
            file.write(f"{line}\n")
