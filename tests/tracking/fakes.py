"""A job to track, and one way of looking at what different trackers kept of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from automl.core.specs import JobRecord, Objective
from automl.tracking.memory import MemoryRun, MemoryTracker

JOB = JobRecord(
    name="flowers",
    folder="/jobs/flowers",
    task="multiclass",
    modality="tabular",
    objectives=(Objective(name="accuracy", direction="maximize"),),
    settings={"sampler": "tpe", "trials": 3, "time": None},
    data={"digest": "0123456789abcdef", "rows": 150, "columns": ("petal", "sepal"), "source": "iris.csv"},
)
BOOKKEEPING = {"system/duration_seconds", "system/epochs", "system/best_epoch", "score"}


@dataclass
class TrialReader:
    """One trial as a store kept it."""

    params: dict[str, str]
    curves: dict[str, dict[int, float]]
    state: str
    reason: str
    score: float | None

    def curve(self, name: str) -> dict[int, float]:
        return self.curves.get(name, {})


@dataclass
class StoreReader:
    """One job as a store kept it."""

    state: str
    trials: dict[int, TrialReader]
    baselines: dict[str, dict[str, float]]
    best: dict[int, float]
    files: set[str] = field(default_factory=set)


def read_memory(tracker: MemoryTracker) -> StoreReader:
    return StoreReader(
        state=tracker.state,
        trials={run.number: _memory_trial(run) for run in tracker.runs.values()},
        baselines={name: dict(record.metrics) for name, record in tracker.baselines.items()},
        best={step: scores["val_accuracy"] for step, scores in tracker.best.items()},
        files={f"{folder}/{file.name}" for folder, files in tracker.files.items() for file in files},
    )


def read_mlflow(uri: str, experiment: str) -> StoreReader:
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    found = client.get_experiment_by_name(experiment)
    runs = client.search_runs([found.experiment_id])
    (parent,) = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    children = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    named = [key for key in parent.data.metrics if key.startswith("baseline_")]
    baselines: dict[str, dict[str, float]] = {}
    for key in named:
        _, name, metric = key.split("_", 2)
        baselines.setdefault(name, {})[metric.removeprefix("val_")] = parent.data.metrics[key]
    plots = client.list_artifacts(parent.info.run_id, "plots")
    return StoreReader(
        state=parent.data.tags["state"],
        trials={int(run.data.tags["trial"]): _mlflow_trial(client, run) for run in children},
        baselines=baselines,
        best=_curve(client, parent.info.run_id, "best_val_accuracy"),
        files={item.path for item in plots},
    )


def _memory_trial(run: MemoryRun) -> TrialReader:
    names = {name for metrics in run.epochs.values() for name in metrics}
    params = {key: str(value) for key, value in {**run.configuration, "seed": run.seed}.items()}
    curves = {n: {epoch: m[n] for epoch, m in run.epochs.items() if n in m} for n in names}
    record = run.record
    return TrialReader(
        params=params,
        curves=curves,
        state=record.state if record else "running",
        reason=record.reason if record else "",
        score=record.scores[0] if record and record.scores else None,
    )


def _mlflow_trial(client: object, run: object) -> TrialReader:
    names = set(run.data.metrics) - BOOKKEEPING
    return TrialReader(
        params=dict(run.data.params),
        curves={name: _curve(client, run.info.run_id, name) for name in names},
        state=run.data.tags["state"],
        reason=run.data.tags.get("reason", ""),
        score=run.data.metrics.get("score"),
    )


def _curve(client: object, run_id: str, name: str) -> dict[int, float]:
    return {metric.step: metric.value for metric in client.get_metric_history(run_id, name)}
