"""The jobs of a folder: which run, how far they are, what has come of the others."""

from __future__ import annotations

import os
import socket
import time

import pytest

from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.core.specs import Objective, TrialRecord
from automl.jobs.folder import JobFolder, write_json
from automl.jobs.overview import jobs_in
from automl.jobs.search.standing import Standing

RESULT = {"name": "toy", "state": "complete", "best_score": 0.9, "metric": "val_accuracy", "trials": 4}
ACCURACY = Objective(name="accuracy", direction="maximize")


def made(folder, options="time: 600\nseed: 0\n", **files) -> JobFolder:
    folder.mkdir()
    job = JobFolder(folder)
    write_whole(job.job, options)
    for name, content in files.items():
        write_json(getattr(job, name), content)
    return job


def note(pid: int) -> dict[str, object]:
    return {"pid": pid, "host": socket.gethostname(), "started": time.time()}


def trial(number: int, score: float) -> TrialRecord:
    return TrialRecord(number=number, configuration={}, state="complete", scores=(score,))


def test_states_of_jobs(tmp_path):
    made(tmp_path / "a", result=RESULT, state={"ended": "complete", "seconds": 12.0})
    made(tmp_path / "b", result={**RESULT, "state": "interrupted"})
    made(tmp_path / "c")
    made(tmp_path / "d", coordinator={**note(os.getpid()), "started": 1e9})
    made(tmp_path / "e", options="- no mapping")
    (tmp_path / "other").mkdir()

    lines = jobs_in(tmp_path)

    assert [line.state for line in lines] == ["complete", "interrupted", "unfinished", "killed", "damaged"]
    assert (lines[0].name, lines[0].best_score, lines[0].trials, lines[0].seconds) == ("toy", 0.9, 4, 12.0)
    assert "expected a mapping" in lines[4].trouble


def test_a_running_job_tells_how_far_it_is(tmp_path):
    job = made(tmp_path / "a", coordinator=note(os.getpid()), result=RESULT)
    write_whole(job.clock, "100.0\n")
    standing = Standing(job, ACCURACY, [trial(0, 0.5)], trial(0, 0.5))
    standing.hear(trial(1, 0.75), best=True)
    standing.hear(trial(2, 0.25), best=False)
    standing.hear(trial(2, 0.3), best=False)

    (line,) = jobs_in(tmp_path / "a")

    assert (line.state, line.pid, line.trials) == ("running", os.getpid(), 3)
    assert (line.metric, line.best_score) == ("val_accuracy", 0.75)
    assert (line.seconds, line.seconds_left) == (100.0, 500.0)
    assert line.as_json()["folder"] == str(tmp_path / "a")


def test_a_running_job_without_a_trial_has_no_score_yet(tmp_path):
    job = made(tmp_path / "a", options="seed: 0\n", coordinator=note(os.getpid()))
    Standing(job, ACCURACY, [], None)

    (line,) = jobs_in(tmp_path)

    assert (line.trials, line.best_score, line.seconds_left) == (0, None, None)


def test_no_folder_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="No such folder"):
        jobs_in(tmp_path / "nosuch")
