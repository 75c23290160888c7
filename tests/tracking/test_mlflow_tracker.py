"""MLflow's tracker against real databases: layout of runs, resuming, registering, refusals."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

import automl
from automl.core.errors import ConfigError
from automl.core.specs import EpochRecord, TrialRecord
from automl.testing.trackers import JOB
from automl.tracking.mlflow_tracker import MlflowTracker
from automl.tracking.opening import open_tracker
from automl.tracking.tracker import ModelRecord


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('store') / 'mlflow.db'}"


@pytest.fixture
def client(uri: str) -> MlflowClient:
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _children(client: MlflowClient, parent: str) -> list[Run]:
    experiment = client.get_run(parent).info.experiment_id
    return client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{parent}'")


def _record(run: str, **facts: Any) -> TrialRecord:
    known: dict[str, Any] = {
        "state": "complete",
        "scores": (0.8,),
        "metrics": {"accuracy": 0.8},
        "epochs": 3,
    }
    return TrialRecord(number=0, configuration={}, run_id=run, **{**known, **facts})


def test_the_parent_tells_job_data_and_environment(uri: str, client: MlflowClient, tmp_path: Path) -> None:
    tracker = open_tracker(uri, tmp_path)
    parent = tracker.start_job(JOB)
    tracker.end_job("complete", {"trials": 0, "winner": "none"})

    run = client.get_run(parent)
    settings = {"sampler": "tpe", "trials": "3", "time": "None"}
    data = {"source": "iris.csv", "digest": "0123456789abcdef", "rows": "150", "columns": "2"}
    assert run.data.params == {**settings, **{f"data_{key}": value for key, value in data.items()}}
    assert run.inputs.dataset_inputs[0].dataset.digest == "0123456789abcdef"
    assert [item.path for item in client.list_artifacts(parent)] == ["environment.json"]
    assert run.data.tags["task"] == "multiclass"
    assert run.info.status == "FINISHED"


@pytest.mark.parametrize(
    ("state", "status"), [("complete", "FINISHED"), ("pruned", "KILLED"), ("failed", "FAILED")]
)
def test_states_are_mlflows(
    uri: str, client: MlflowClient, tmp_path: Path, state: str, status: str
) -> None:
    tracker = open_tracker(uri, tmp_path)
    tracker.start_job(JOB)
    run = tracker.start_trial(0, {}, seed=0)
    tracker.end_trial(_record(run, state=state))
    tracker.end_job("complete", {})

    assert client.get_run(run).info.status == status


def test_a_running_trial_is_seen_while_it_runs(uri: str, client: MlflowClient, tmp_path: Path) -> None:
    tracker = open_tracker(uri, tmp_path)
    parent = tracker.start_job(JOB)
    run = tracker.start_trial(0, {"width": 8}, seed=0)
    tracker.log_epoch(run, 1, {"loss": 0.5})
    tracker._outbox.flush(5)

    (child,) = _children(client, parent)
    assert (child.info.status, child.data.metrics["loss"]) == ("RUNNING", 0.5)
    tracker.end_job("interrupted", {})


def test_a_finished_trial_shows_the_kept_epochs_metrics(
    uri: str, client: MlflowClient, tmp_path: Path
) -> None:
    tracker = open_tracker(uri, tmp_path)
    tracker.start_job(JOB)
    run = tracker.start_trial(0, {}, seed=0)
    for epoch, accuracy in enumerate((0.7, 0.8, 0.6), start=1):
        tracker.log_epoch(run, epoch, {"val_accuracy": accuracy})
    tracker.end_trial(_record(run, best_epoch=2, seconds=1.5))
    tracker.end_job("complete", {})

    metrics = client.get_run(run).data.metrics
    assert metrics["val_accuracy"] == metrics["score"] == 0.8
    assert (metrics["system/best_epoch"], metrics["system/duration_seconds"]) == (2, 1.5)


def test_more_than_a_request_may_hold_is_split(uri: str, client: MlflowClient, tmp_path: Path) -> None:
    tracker = open_tracker(uri, tmp_path)
    tracker.start_job(JOB)
    run = tracker.start_trial(0, {f"p{i}": "x" * 7000 for i in range(230)}, seed=0)
    for epoch in range(1, 41):
        tracker.log_epoch(run, epoch, {f"metric {i}": float(epoch) for i in range(60)})
    tracker.end_job("complete", {})

    assert tracker.notes() == ()
    assert len(client.get_run(run).data.params) == 231
    assert len(client.get_metric_history(run, "metric 59")) == 40


def test_resuming_goes_on_with_the_parent_and_the_interrupted_trial(
    uri: str, client: MlflowClient, tmp_path: Path
) -> None:
    first = open_tracker(uri, tmp_path)
    parent = first.start_job(JOB)
    done = first.start_trial(0, {"width": 4}, seed=0)
    first.end_trial(_record(done))
    cut = first.start_trial(1, {"width": 8}, seed=0)
    first.end_job("interrupted", {})
    assert client.get_run(cut).info.status == "KILLED"

    second = open_tracker(uri, tmp_path)
    assert second.start_job(replace(JOB, run_id=parent)) == parent
    assert second.start_trial(1, {"width": 8}, seed=0) == cut
    second._outbox.flush(5)
    assert client.get_run(parent).info.status == client.get_run(cut).info.status == "RUNNING"
    second.end_job("complete", {})
    assert len(_children(client, parent)) == 2


def test_an_epoch_trained_again_after_a_kill_is_told_once(
    uri: str, client: MlflowClient, tmp_path: Path
) -> None:
    first = open_tracker(uri, tmp_path)
    parent = first.start_job(JOB)
    run = first.start_trial(0, {"width": 4}, seed=0)
    first._outbox.flush(5)  # killed here: the rung's epoch was written down, and not sent

    second = open_tracker(uri, tmp_path)
    second.start_job(replace(JOB, run_id=parent))
    paused = _record(run, state="paused", epochs=1)
    second.catch_up([paused], {0: [EpochRecord(number=1, metrics={"loss": 0.5}, time=1)]})
    second.start_trial(0, {"width": 4}, seed=0)
    second.log_epoch(run, 1, {"loss": 0.5})  # its state was lost as well
    second.log_epoch(run, 2, {"loss": 0.4})
    second.end_job("complete", {})

    assert [point.step for point in client.get_metric_history(run, "loss")] == [1, 2]


def test_a_run_of_another_store_is_replaced_by_a_new_one(uri: str, tmp_path: Path) -> None:
    tracker = open_tracker(uri, tmp_path)
    run = tracker.start_job(replace(JOB, run_id="0" * 32))
    tracker.end_job("complete", {})

    assert run != "0" * 32
    assert "is not in" in tracker.notes()[0]


def test_the_champion_is_loaded_by_name_and_answers(
    uri: str, client: MlflowClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.setitem(vars(automl), "load", _folder_that_predicts)
    tracker, example = open_tracker(uri, tmp_path), pd.DataFrame({"petal": [1, 2], "name": ["a", None]})
    (tmp_path / "model.keras").write_bytes(b"weights")
    parent = tracker.start_job(JOB)
    prediction = pd.DataFrame({"prediction": ["x", "y"], "probability_x": [0.9, 0.1]})
    model = ModelRecord(folder=tmp_path, example=example, prediction=prediction, metrics={"accuracy": 0.9})
    assert tracker.log_model(model) == "models:/flowers/1"
    tracker.end_job("complete", {})

    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    champion = mlflow.pyfunc.load_model("models:/flowers@champion")
    with_gaps = pd.DataFrame({"name": ["b", None], "petal": [1.5, None]})
    assert list(champion.predict(with_gaps)["prediction"]) == [b"weights", b"weights"]
    assert champion.metadata.signature.inputs.input_names() == ["petal", "name"]
    assert champion.input_example["petal"].tolist() == [1, 2]
    assert len(client.get_run(parent).outputs.model_outputs) == 1


def test_a_deleted_experiment_is_left_deleted(uri: str, client: MlflowClient, tmp_path: Path) -> None:
    gone = client.create_experiment("gone")
    client.delete_experiment(gone)
    tracker = open_tracker(uri, tmp_path)
    tracker.start_job(replace(JOB, name="gone"))
    tracker.end_job("complete", {})

    assert client.get_experiment_by_name("gone-2") is not None
    assert "was deleted" in tracker.notes()[0]


def test_several_jobs_share_one_database(uri: str, client: MlflowClient, tmp_path: Path) -> None:
    trackers = [open_tracker(uri, tmp_path / str(index)) for index in range(3)]
    threads = [threading.Thread(target=_small_job, args=(tracker,)) for tracker in trackers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [tracker.notes() for tracker in trackers] == [(), (), ()]
    found = client.search_runs([client.get_experiment_by_name("shared").experiment_id])
    assert len(found) == 3 * 6


def test_mlflows_own_patience_is_restored(uri: str, tmp_path: Path) -> None:
    before = os.environ.get("MLFLOW_HTTP_REQUEST_TIMEOUT")
    tracker = open_tracker(uri, tmp_path)
    tracker.start_job(JOB)
    tracker.end_job("complete", {})

    assert os.environ.get("MLFLOW_HTTP_REQUEST_TIMEOUT") == before


def test_a_file_that_is_no_database_is_refused_before_the_search(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("not a database, but text that is long enough" * 50)

    with pytest.raises(ConfigError, match="no SQLite database"):
        open_tracker(f"sqlite:///{tmp_path / 'notes.db'}", tmp_path)


def _folder_that_predicts(folder: Path) -> SimpleNamespace:
    content = (folder / "model.keras").read_bytes()
    return SimpleNamespace(
        predict=lambda frame: frame.assign(prediction=[content] * len(frame)),
        refuse_unreadable=lambda frame: None,
    )


def _small_job(tracker: MlflowTracker) -> None:
    tracker.start_job(replace(JOB, name="shared"))
    for number in range(5):
        run = tracker.start_trial(number, {"width": number}, seed=0)
        tracker.log_epoch(run, 1, {"loss": 0.5})
        tracker.end_trial(_record(run))
    tracker.end_job("complete", {})
