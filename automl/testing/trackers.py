"""What every tracker that remembers promises, for the one who writes a tracker.

class TestMine(TrackerContract):
@pytest.fixture
def kept(self, tmp_path):
return Kept(tracker=..., reader=..., reopened=...)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from automl.core.specs import JobRecord, Objective, TrialRecord
from automl.tracking.memory import MemoryRun, MemoryTracker
from automl.tracking.tracker import Tracker

JOB = JobRecord(
    name="flowers",
    folder="/jobs/flowers",
    task="multiclass",
    modality="tabular",
    objectives=(Objective(name="accuracy", direction="maximize"),),
    settings={"sampler": "tpe", "trials": 3, "time": None},
    data={"digest": "0123456789abcdef", "rows": 150, "columns": ("petal", "sepal"), "source": "iris.csv"},
)
"""A job to track."""


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
    """What a ``MemoryTracker`` was told."""
    return StoreReader(
        state=tracker.state,
        trials={run.number: _memory_trial(run) for run in tracker.runs.values()},
        baselines={name: dict(record.metrics) for name, record in tracker.baselines.items()},
        best={step: scores["val_accuracy"] for step, scores in tracker.best.items()},
        files={f"{folder}/{file.name}" for folder, files in tracker.files.items() for file in files},
    )


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A tracker under test.

    Attributes:
        tracker: the one.
        reader: a look at what its store keeps of ``JOB``.
        reopened: the tracker of a later session over the same store.
    """

    tracker: Tracker
    reader: Callable[[], StoreReader]
    reopened: Callable[[], Tracker]


class TrackerContract:
    """Subclass it and give the fixture ``kept``."""

    @pytest.fixture
    def kept(self) -> Kept:
        """The tracker under test."""
        raise NotImplementedError("give the fixture `kept`")

    def test_a_job_is_remembered_with_its_trials_and_their_epochs(self, kept: Kept) -> None:
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
    def test_a_trial_keeps_how_it_ended_and_why(self, kept: Kept, state: str) -> None:
        kept.tracker.start_job(JOB)
        run = kept.tracker.start_trial(0, {"width": 8}, seed=0)
        kept.tracker.end_trial(_trial(0, run, state=state, reason="loss became NaN", scores=()))
        kept.tracker.end_job("complete", {})

        assert kept.reader().trials[0].state == state
        assert kept.reader().trials[0].reason == "loss became NaN"

    def test_a_trial_that_pauses_shows_how_it_stands(self, kept: Kept) -> None:
        kept.tracker.start_job(JOB)
        run = kept.tracker.start_trial(0, {"width": 8}, seed=0)
        kept.tracker.log_epoch(run, 2, {"loss": 0.4})
        kept.tracker.pause_trial(_trial(0, run, state="paused"))
        kept.tracker.end_job("interrupted", {})

        assert (kept.reader().trials[0].state, kept.reader().trials[0].score) == ("paused", 0.9)

    def test_a_promoted_trial_goes_on_in_its_run_with_its_curve(self, kept: Kept) -> None:
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

    def test_a_trial_that_waited_in_an_earlier_session_goes_on_in_its_run(self, kept: Kept) -> None:
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

    def test_what_a_killed_session_had_not_told_is_told_by_the_next(self, kept: Kept) -> None:
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

    def test_a_trial_that_was_never_promoted_ends_as_pruned(self, kept: Kept) -> None:
        kept.tracker.start_job(JOB)
        run = kept.tracker.start_trial(0, {"width": 8}, seed=0)
        paused = _trial(0, run, state="paused")
        kept.tracker.pause_trial(paused)
        kept.tracker.end_trial(replace(paused, state="pruned", reason="not promoted beyond epoch 2"))
        kept.tracker.end_job("complete", {})

        assert kept.reader().trials[0].state == "pruned"
        assert kept.reader().trials[0].reason == "not promoted beyond epoch 2"

    def test_a_baseline_belongs_to_the_job_and_is_no_trial(self, kept: Kept) -> None:
        kept.tracker.start_job(JOB)
        kept.tracker.end_trial(_trial(-1, "", baseline="majority", metrics={"accuracy": 0.6}))
        kept.tracker.end_job("complete", {})

        assert kept.reader().trials == {}
        assert kept.reader().baselines == {"majority": {"accuracy": 0.6}}

    def test_a_trial_that_was_never_opened_is_kept_all_the_same(self, kept: Kept) -> None:
        kept.tracker.start_job(JOB)
        kept.tracker.end_trial(_trial(4, ""))
        kept.tracker.end_job("complete", {})

        assert kept.reader().trials[4].score == 0.9

    def test_the_best_so_far_is_a_curve_over_trials(self, kept: Kept) -> None:
        kept.tracker.start_job(JOB)
        kept.tracker.log_best(1, {"val_accuracy": 0.7})
        kept.tracker.log_best(3, {"val_accuracy": 0.8})
        kept.tracker.end_job("complete", {})

        assert kept.reader().best == {1: 0.7, 3: 0.8}

    def test_files_are_attached_to_the_job(self, kept: Kept, tmp_path: Path) -> None:
        plot = tmp_path / "history.html"
        plot.write_text("<p>history</p>")
        kept.tracker.start_job(JOB)
        kept.tracker.log_files([plot], "plots")
        kept.tracker.end_job("complete", {})

        assert kept.reader().files == {"plots/history.html"}

    @pytest.mark.parametrize("value", [math.nan, math.inf, 1e308])
    def test_any_number_can_be_an_epochs_metric(self, kept: Kept, value: float) -> None:
        kept.tracker.start_job(JOB)
        run = kept.tracker.start_trial(0, {}, seed=0)
        kept.tracker.log_epoch(run, 1, {"loss": value})
        kept.tracker.end_trial(_trial(0, run, state="failed", scores=(), metrics={}))
        kept.tracker.end_job("failed", {})

        assert 1 in kept.reader().trials[0].curve("loss")
        assert kept.tracker.notes() == ()


def _trial(number: int, run_id: str, **facts: Any) -> TrialRecord:
    known = {
        "state": "complete",
        "scores": (0.9,),
        "metrics": {"accuracy": 0.9},
        "epochs": 2,
        "best_epoch": 2,
    }
    return TrialRecord(number=number, configuration={"width": 8}, run_id=run_id, **{**known, **facts})


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
