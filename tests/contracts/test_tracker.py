"""What every tracker that remembers promises; a new tracker adds one reader and gets all tests."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from automl.core.specs import JobRecord, TrialRecord
from automl.tracking.memory import MemoryTracker, NullTracker
from automl.tracking.tracker import Tracker
from tests.tracking.fakes import JOB, StoreReader, read_memory, read_mlflow


@dataclass(frozen=True)
class Kept:
    """A tracker, a look at what it keeps, and the tracker of a later session."""

    tracker: Tracker
    reader: Callable[[], StoreReader]
    reopened: Callable[[], Tracker]


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with MLflow's tables, made once."""
    from mlflow import MlflowClient

    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture(params=["memory", "mlflow"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    if request.param == "memory":
        memory = MemoryTracker()
        return Kept(memory, lambda: read_memory(memory), lambda: memory)
    from automl.tracking.mlflow_tracker import open_tracker

    shutil.copy(request.getfixturevalue("empty_database"), tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"

    def opened() -> Tracker:
        return open_tracker(uri, tmp_path / "job")

    return Kept(opened(), lambda: read_mlflow(uri, JOB.name), opened)


def _trial(number: int, run_id: str, **facts: object) -> TrialRecord:
    known = {
        "state": "complete",
        "scores": (0.9,),
        "metrics": {"accuracy": 0.9},
        "epochs": 2,
        "best_epoch": 2,
    }
    return TrialRecord(number=number, configuration={"width": 8}, run_id=run_id, **{**known, **facts})


def test_a_job_is_remembered_with_its_trials_and_their_epochs(kept: Kept) -> None:
    kept.tracker.start_job(JOB)
    run = kept.tracker.start_trial(0, {"width": 8, "activation": None}, seed=3)
    kept.tracker.log_epoch(run, 1, {"loss": 0.5, "val_accuracy": 0.8})
    kept.tracker.log_epoch(run, 2, {"loss": 0.4, "val_accuracy": 0.9})
    kept.tracker.end_trial(_trial(0, run))
    kept.tracker.end_job("complete", {"trials": 1})

    seen = kept.reader()
    assert seen.state == "complete"
    assert seen.trials[0].params == {"width": "8", "activation": "None", "seed": "3"}
    assert seen.trials[0].curve("loss") == {1: 0.5, 2: 0.4}
    assert seen.trials[0].score == 0.9


@pytest.mark.parametrize("state", ["complete", "pruned", "failed"])
def test_a_trial_keeps_how_it_ended_and_why(kept: Kept, state: str) -> None:
    kept.tracker.start_job(JOB)
    run = kept.tracker.start_trial(0, {"width": 8}, seed=0)
    kept.tracker.end_trial(_trial(0, run, state=state, reason="loss became NaN", scores=()))
    kept.tracker.end_job("complete", {})

    assert kept.reader().trials[0].state == state
    assert kept.reader().trials[0].reason == "loss became NaN"


def test_a_trial_that_pauses_shows_how_it_stands(kept: Kept) -> None:
    kept.tracker.start_job(JOB)
    run = kept.tracker.start_trial(0, {"width": 8}, seed=0)
    kept.tracker.log_epoch(run, 2, {"loss": 0.4})
    kept.tracker.pause_trial(_trial(0, run, state="paused"))
    kept.tracker.end_job("interrupted", {})

    assert (kept.reader().trials[0].state, kept.reader().trials[0].score) == ("paused", 0.9)


def test_a_promoted_trial_goes_on_in_its_run_with_its_curve(kept: Kept) -> None:
    kept.tracker.start_job(JOB)
    run = kept.tracker.start_trial(0, {"width": 8}, seed=0)
    kept.tracker.log_epoch(run, 1, {"loss": 0.5})
    kept.tracker.pause_trial(_trial(0, run, state="paused", epochs=1))
    other = kept.tracker.start_trial(1, {"width": 4}, seed=0)
    again = kept.tracker.start_trial(0, {"width": 8}, seed=0)
    kept.tracker.log_epoch(again, 2, {"loss": 0.4})
    kept.tracker.end_trial(_trial(0, again, promotions=1, scores=(0.95,)))
    kept.tracker.end_job("complete", {})

    seen = kept.reader().trials[0]
    assert again == run != other
    assert (seen.state, seen.score, seen.curve("loss")) == ("complete", 0.95, {1: 0.5, 2: 0.4})


def test_a_trial_that_waited_in_an_earlier_session_goes_on_in_its_run(kept: Kept) -> None:
    job = kept.tracker.start_job(JOB)
    run = kept.tracker.start_trial(0, {"width": 8}, seed=0)
    kept.tracker.log_epoch(run, 1, {"loss": 0.5})
    kept.tracker.pause_trial(_trial(0, run, state="paused", epochs=1))
    kept.tracker.end_job("interrupted", {})

    later = kept.reopened()
    later.start_job(replace(JOB, run_id=kept.tracker.resolve(job)))
    again = later.start_trial(0, {"width": 8}, seed=0)
    later.log_epoch(again, 2, {"loss": 0.4})
    later.end_trial(_trial(0, again, promotions=1))
    later.end_job("complete", {})

    (seen,) = kept.reader().trials.values()
    assert (seen.state, seen.curve("loss")) == ("complete", {1: 0.5, 2: 0.4})


def test_what_a_killed_session_had_not_told_is_told_by_the_next(kept: Kept) -> None:
    job = kept.tracker.start_job(JOB)
    for number in (0, 2):
        kept.tracker.start_trial(number, {"width": 8}, seed=0)
    waits = kept.tracker.start_trial(3, {"width": 8}, seed=0)
    kept.tracker.pause_trial(_trial(3, waits, state="paused", epochs=1, pauses=1))
    records = [
        _trial(0, ""),
        _trial(1, ""),
        _trial(2, "", state="paused", epochs=1, pauses=1),
        _trial(3, "", pauses=1),
    ]

    for _ in range(2):  # telling it again changes nothing
        later = kept.reopened()
        later.start_job(replace(JOB, run_id=kept.tracker.resolve(job)))
        later.catch_up(records)
        later.end_job("interrupted", {})

    seen = kept.reader().trials
    assert {number: trial.state for number, trial in seen.items()} == {
        0: "complete",
        1: "complete",
        2: "paused",
        3: "complete",
    }
    assert [seen[number].score for number in (0, 1, 3)] == [0.9, 0.9, 0.9]


def test_a_trial_that_was_never_promoted_ends_as_pruned(kept: Kept) -> None:
    kept.tracker.start_job(JOB)
    run = kept.tracker.start_trial(0, {"width": 8}, seed=0)
    paused = _trial(0, run, state="paused")
    kept.tracker.pause_trial(paused)
    kept.tracker.end_trial(replace(paused, state="pruned", reason="not promoted beyond epoch 2"))
    kept.tracker.end_job("complete", {})

    assert kept.reader().trials[0].state == "pruned"
    assert kept.reader().trials[0].reason == "not promoted beyond epoch 2"


def test_a_baseline_belongs_to_the_job_and_is_no_trial(kept: Kept) -> None:
    kept.tracker.start_job(JOB)
    kept.tracker.end_trial(_trial(-1, "", baseline="majority", metrics={"accuracy": 0.6}))
    kept.tracker.end_job("complete", {})

    assert kept.reader().trials == {}
    assert kept.reader().baselines == {"majority": {"accuracy": 0.6}}


def test_a_trial_that_was_never_opened_is_kept_all_the_same(kept: Kept) -> None:
    kept.tracker.start_job(JOB)
    kept.tracker.end_trial(_trial(4, ""))
    kept.tracker.end_job("complete", {})

    assert kept.reader().trials[4].score == 0.9


def test_the_best_so_far_is_a_curve_over_trials(kept: Kept) -> None:
    kept.tracker.start_job(JOB)
    kept.tracker.log_best(1, {"val_accuracy": 0.7})
    kept.tracker.log_best(3, {"val_accuracy": 0.8})
    kept.tracker.end_job("complete", {})

    assert kept.reader().best == {1: 0.7, 3: 0.8}


def test_files_are_attached_to_the_job(kept: Kept, tmp_path: Path) -> None:
    plot = tmp_path / "history.html"
    plot.write_text("<p>history</p>")
    kept.tracker.start_job(JOB)
    kept.tracker.log_files([plot], "plots")
    kept.tracker.end_job("complete", {})

    assert kept.reader().files == {"plots/history.html"}


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e308])
def test_any_number_can_be_an_epochs_metric(kept: Kept, value: float) -> None:
    kept.tracker.start_job(JOB)
    run = kept.tracker.start_trial(0, {}, seed=0)
    kept.tracker.log_epoch(run, 1, {"loss": value})
    kept.tracker.end_trial(_trial(0, run, state="failed", scores=(), metrics={}))
    kept.tracker.end_job("failed", {})

    assert 1 in kept.reader().trials[0].curve("loss")
    assert kept.tracker.notes() == ()


def test_no_tracking_answers_everything_with_nothing() -> None:
    tracker: Tracker = NullTracker()
    job = JobRecord(**vars(JOB))

    assert tracker.start_job(job) == tracker.start_trial(0, {}, seed=0) == tracker.resolve("") == ""
    tracker.pause_trial(_trial(0, "", state="paused"))
    assert tracker.notes() == ()
