"""The trackers of this package keep their contract."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from automl.core.specs import JobRecord, TrialRecord
from automl.testing.trackers import JOB, Kept, TrackerContract, read_memory
from automl.tracking.memory import MemoryTracker, NullTracker
from automl.tracking.tracker import Tracker
from tests.tracking.fakes import read_mlflow


class TestMemory(TrackerContract):
    @pytest.fixture
    def kept(self) -> Kept:
        memory = MemoryTracker()
        return Kept(tracker=memory, reader=lambda: read_memory(memory), reopened=lambda: memory)


class TestMlflow(TrackerContract):
    @pytest.fixture
    def kept(self, empty_database: Path, tmp_path: Path) -> Kept:
        from automl.tracking.opening import open_tracker

        shutil.copy(empty_database, tmp_path / "mlflow.db")
        uri = f"sqlite:///{tmp_path / 'mlflow.db'}"

        def opened() -> Tracker:
            return open_tracker(uri, tmp_path / "job")

        return Kept(tracker=opened(), reader=lambda: read_mlflow(uri, JOB.name), reopened=opened)


def test_no_tracking_answers_everything_with_nothing() -> None:
    tracker: Tracker = NullTracker()
    job = JobRecord(**vars(JOB))

    assert tracker.start_job(job) == tracker.start_trial(0, {}, seed=0) == tracker.resolve("") == ""
    tracker.pause_trial(TrialRecord(number=0, configuration={"width": 8}, state="paused"))
    assert tracker.notes() == ()
