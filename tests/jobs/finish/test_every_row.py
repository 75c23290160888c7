"""A search over a sample of a table, and its winner trained on every row."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest
import yaml

import automl
from automl.core.phases import Phase
from automl.jobs.finish.whole import Clock, NoTimeError
from automl.jobs.progress import SilentProgress
from tests.data.large.files import frame, written

QUICK = {
    "target": "target",
    "family": "mlp",
    "trials": 1,
    "epochs": 2,
    "tracking": False,
    "verbose": 0,
    "executor": "inline",
    "settings": ("width=16", "depth=1"),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return written(frame(), tmp_path_factory.mktemp("data") / "t.csv")


@pytest.fixture(scope="module")
def job(path, tmp_path_factory) -> automl.Result:
    return automl.search(path, out=tmp_path_factory.mktemp("job") / "job", sample_rows=600, **QUICK)


def told(job: automl.Result) -> str:
    return " ".join([*job.summary["notes"], *job.summary["warnings"]])


def test_trials_see_a_sample_and_the_winner_every_row_that_is_not_scored(job):
    sample, total = job.summary["sampled"]
    held = sample // 5

    assert total == 3000
    assert abs(total - held - int(told(job).split(" on all ")[1].split(" rows")[0].replace(",", ""))) <= 2


def test_the_exported_model_is_the_better_one(job):
    assert job.summary["exported_error"] == ""
    assert job.summary["exported_score"] == pytest.approx(job.summary["ensemble_score"], abs=1e-6)
    assert job.summary["ensemble_score"] >= job.best_score


def test_evaluate_knows_which_rows_were_trained_on(job, path):
    with pytest.warns(automl.DataWarning, match="were trained on"):
        scores = job.evaluate(path)

    assert scores["seen_rows"] >= 3000 - job.summary["sampled"][0] // 5 - 1
    assert np.load(job.folder / "trained_rows.npy").size >= 2800


def test_the_job_file_says_how_many_rows_are_drawn(job):
    assert yaml.safe_load((job.folder / "job.yaml").read_text())["sample_rows"] == 600


def test_nothing_of_the_preparation_stays(job):
    assert not (job.folder / "cache").exists()


def test_a_parquet_file_with_rows_that_have_no_target(tmp_path):
    table = frame().assign(target=lambda rows: rows["count"] * 1.5 + rows["amount"].fillna(0))
    table.loc[::10, "target"] = None
    path = written(table, tmp_path / "t.parquet")

    found = automl.search(path, out=tmp_path / "job", sample_rows=600, **QUICK)

    assert found.summary["exported_error"] == ""
    assert "rows have no target" in told(found)
    assert " on all " in told(found)


def test_a_preparation_that_would_take_too_long_is_ended_once_that_is_known():
    clock = Clock(time.monotonic() - 1)
    phase = Phase("preparing", 10**6)
    clock.check(phase)
    phase.done = 10**5 * 3

    with pytest.raises(NoTimeError, match=r"all 1,000,000 rows takes about .* allow more \(--time\)"):
        clock.check(phase)


def test_an_interrupted_job_keeps_the_model_of_the_sample_and_goes_on_when_it_is_resumed(path, tmp_path):
    class Impatient(SilentProgress):
        def phase(self, phase):
            if phase is not None and phase.name.startswith("preparing all rows"):
                os.kill(os.getpid(), signal.SIGINT)

    folder = tmp_path / "job"
    first = automl.search(path, out=folder, sample_rows=600, progress=Impatient(), **QUICK)
    assert "resuming trains it on all rows" in told(first)
    assert first.summary["state"] == "interrupted"
    assert first.summary["exported_error"] == ""

    again = automl.resume(folder, verbose=0)

    assert " on all " in told(again)
    assert again.summary["sampled"] == first.summary["sampled"]
