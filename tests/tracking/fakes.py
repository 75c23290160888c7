"""What MLflow's store kept of a job, as the contract of trackers reads it."""

from __future__ import annotations

from automl.testing.trackers import StoreReader, TrialReader

BOOKKEEPING = {"system/duration_seconds", "system/epochs", "system/best_epoch", "score"}


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
