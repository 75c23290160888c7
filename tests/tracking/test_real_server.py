"""A real server in other processes: live runs, registered models, and its death in mid-job."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mlflow import MlflowClient

from automl.core.specs import TrialRecord
from automl.testing.trackers import JOB
from automl.tracking.dashboard import run_page, serve
from automl.tracking.mlflow_tracker import MlflowTracker
from automl.tracking.opening import open_tracker
from automl.tracking.operation import PENDING
from automl.tracking.tracker import ModelRecord
from tests.tracking.conftest import RealServer
from tests.tracking.fakes import read_mlflow


def _trial(tracker: MlflowTracker, number: int) -> str:
    run = tracker.start_trial(number, {"width": number}, seed=0)
    tracker.log_epoch(run, 1, {"val_accuracy": 0.5})
    known: dict[str, Any] = {"scores": (0.5,), "metrics": {"accuracy": 0.5}, "epochs": 1}
    tracker.end_trial(TrialRecord(number=number, configuration={}, state="complete", run_id=run, **known))
    return run


def test_the_dashboard_takes_the_next_free_port_and_names_the_jobs_page(mlflow_server: RealServer) -> None:
    taken, _, page = mlflow_server.said

    assert re.fullmatch(rf"Port \d+ is taken; using {mlflow_server.port}\.", taken)
    assert page == f"Runs: {mlflow_server.uri}/#/experiments/7/runs/abc?workflowType=machine_learning"


def test_a_server_keeps_runs_files_and_the_champion(mlflow_server: RealServer, tmp_path: Path) -> None:
    tracker = open_tracker(mlflow_server.uri, tmp_path)
    (tmp_path / "model.keras").write_bytes(b"weights")
    parent = tracker.start_job(replace(JOB, name="remote"))
    winner = _trial(tracker, 0)
    frame = pd.DataFrame({"petal": [1.0]})
    record = ModelRecord(folder=tmp_path, example=frame, prediction=frame, members={winner: 1.0})
    assert tracker.log_model(record) == "models:/remote/1"
    tracker.end_job("complete", {})

    client = MlflowClient(mlflow_server.uri)
    version = client.get_model_version_by_alias("remote", "champion")
    assert version.run_id == winner
    assert version.source == f"models:/{client.get_run(parent).outputs.model_outputs[0].model_id}"
    assert [item.path for item in client.list_artifacts(parent)] == ["environment.json"]
    assert tracker.notes() == ()


def test_a_server_that_dies_costs_no_record_and_no_time(mlflow_server: RealServer, tmp_path: Path) -> None:
    patient = open_tracker(mlflow_server.uri, tmp_path / "patient")
    patient.start_job(replace(JOB, name="patient"))
    ended = open_tracker(mlflow_server.uri, tmp_path / "ended")
    parent = ended.start_job(replace(JOB, name="ended"))
    assert mlflow_server.stop() == 0
    assert not [name for name in _commands() if f"--port {mlflow_server.port}" in name]

    start = time.monotonic()
    lost = _trial(patient, 0)
    _trial(ended, 0)
    assert time.monotonic() - start < 8
    assert "does not answer" in patient.notes()[0]
    ended.end_job("interrupted", {})
    assert "automl resume" in ended.notes()[0]

    mlflow_server.start(mlflow_server.port)
    _goes_on_when_the_server_is_back(patient, mlflow_server.uri, lost)
    _is_sent_on_resume(open_tracker(mlflow_server.uri, tmp_path / "ended"), mlflow_server.uri, parent)


def _goes_on_when_the_server_is_back(tracker: MlflowTracker, uri: str, lost: str) -> None:
    _trial(tracker, 1)
    tracker.end_job("complete", {})

    scores = {number: trial.score for number, trial in read_mlflow(uri, "patient").trials.items()}
    assert scores == {0: 0.5, 1: 0.5}
    assert lost.startswith(PENDING)
    assert len(tracker.resolve(lost)) == 32
    assert "sent later" in tracker.notes()[0]


def _is_sent_on_resume(tracker: MlflowTracker, uri: str, parent: str) -> None:
    assert tracker.start_job(replace(JOB, name="ended", run_id=parent)) == parent
    _trial(tracker, 1)
    tracker.end_job("complete", {})

    assert sorted(read_mlflow(uri, "ended").trials) == [0, 1]
    assert not tracker._outbox.spool


def test_a_server_elsewhere_is_only_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert serve("https://me:secret@tracking.example", run=("7", "abc")) == 0

    page = run_page("https://***@tracking.example", "7", "abc")
    assert capsys.readouterr().out == f"Runs: {page}\n"
    assert page.endswith("/#/experiments/7/runs/abc?workflowType=machine_learning")


def test_the_report_of_a_job_is_named_first_and_opened(capsys: pytest.CaptureFixture[str]) -> None:
    opened: list[str] = []
    address = "https://me:secret@tracking.example"

    serve(address, run=("7", "abc"), report="report.html", open_page=opened.append)

    report, runs = capsys.readouterr().out.splitlines()
    assert report.startswith(
        "Report: https://***@tracking.example/#/experiments/7/runs/abc/artifacts/report.html"
    )
    assert runs.startswith("Runs: ")
    assert opened == [run_page(address, "7", "abc", file="report.html")]


def _commands() -> list[str]:
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            found.append(Path("/proc", process, "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found
