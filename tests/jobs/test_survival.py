"""A search whose workers and whose coordinator are killed again and again: study, runs and trials agree.

Real study, real MLflow store, real processes; only the training is pretended, so that there is time for
many kills.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from automl.jobs.search.loop import run_trials
from benchmarks.workers.pretended import job_record, pretended_search
from tests.execution.toys import left_workers

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "job"
    place.mkdir()
    return place


def uri_of(folder):
    return f"sqlite:///{folder.parent / 'mlflow.db'}"


def search(folder, *, trials, workers=2, seconds=0.05, run_id="", storage=None, around=lambda pool: None):
    """Search to the end; ``around`` is given the pool when it has started."""
    with pretended_search(
        folder,
        trials=trials,
        workers=workers,
        tracking_uri=uri_of(folder),
        seconds=seconds,
        saving=True,
        storage=storage,
    ) as (loop, pool):
        run = loop.tracker.start_job(job_record(folder, run_id))
        (folder / "run.txt").write_text(run)
        around(pool)
        found = run_trials(loop)
        loop.tracker.end_job("complete", {})
        return found, loop.proposer


def check(folder, proposer, trials, kills):
    """Every trial ended exactly once, all tell the same, and nothing is left behind."""
    records = proposer.records()
    assert [record.number for record in records] == list(range(trials))
    assert {record.state for record in records} <= {"complete", "pruned", "failed"}
    assert all(record.reason for record in records if record.state == "failed")
    assert all(trial.state.is_finished() for trial in proposer.study.trials)
    assert states_in_mlflow(folder) == {
        record.number: (record.state, STATUS[record.state]) for record in records
    }
    assert epochs_in_mlflow(folder) == {
        record.number: list(range(1, record.epochs + 1)) for record in records
    }
    assert redone(folder) <= kills
    assert not left_workers()
    assert not list(folder.rglob("*.part"))


STATUS = {"complete": "FINISHED", "pruned": "KILLED", "failed": "FAILED"}


def states_in_mlflow(folder):
    runs = runs_in_mlflow(folder)
    counts = Counter(run.data.tags["trial"] for run in runs)
    assert set(counts.values()) == {1}
    return {int(run.data.tags["trial"]): (run.data.tags["state"], run.info.status) for run in runs}


def epochs_in_mlflow(folder):
    """By trial the epochs of which its run has the loss, each as often as it has it."""
    from mlflow import MlflowClient

    client = MlflowClient(uri_of(folder))
    return {
        int(run.data.tags["trial"]): [
            metric.step for metric in client.get_metric_history(run.info.run_id, "loss")
        ]
        for run in runs_in_mlflow(folder)
    }


def runs_in_mlflow(folder):
    from mlflow import MlflowClient

    client = MlflowClient(uri_of(folder))
    experiment = client.get_experiment_by_name("pretended")
    return client.search_runs([experiment.experiment_id], "tags.trial != ''", max_results=1000)


def redone(folder):
    """Epochs that were trained more than once."""
    lines = (folder / "epochs.log").read_text().splitlines()
    return len(lines) - len(set(lines))


def kill_one(pool):
    os.kill(pool.crew.workers[0].pid, signal.SIGKILL)


def killer_of(pool, dice, pause, over, kills):
    def kill():
        while not over.wait(dice.uniform(*pause)):
            # on a busy machine no worker would ever have started, if those were killed, too
            ready = [worker.pid for worker in pool.crew.workers if worker.ready]
            with suppress(ProcessLookupError):  # the search is over and its workers have gone
                if ready:
                    os.kill(pid := dice.choice(ready), signal.SIGKILL)
                    kills.append(pid)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    return thread


def search_under_kills(folder, seed, *, trials, workers, pause):
    dice, over, kills = random.Random(seed), threading.Event(), []
    threads = []
    _, proposer = search(
        folder,
        trials=trials,
        workers=workers,
        around=lambda pool: threads.append(killer_of(pool, dice, pause, over, kills)),
    )
    over.set()
    threads[0].join()
    return proposer, kills


def test_workers_may_be_killed(folder):
    proposer, kills = search_under_kills(folder, 0, trials=20, workers=2, pause=(0.3, 0.8))

    assert kills
    check(folder, proposer, 20, len(kills))


def test_the_clock_may_be_set_back(folder, monkeypatch):
    real, began = time.time, time.monotonic()
    monkeypatch.setattr(time, "time", lambda: real() - 86_400 * (time.monotonic() - began > 1.0))

    _, proposer = search(folder, trials=8, seconds=0.1)

    check(folder, proposer, 8, 0)
    assert {record.state for record in proposer.records()} == {"complete", "pruned"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
def test_workers_may_be_killed_every_few_seconds_over_200_trials(folder, seed):
    proposer, kills = search_under_kills(folder, seed, trials=200, workers=4, pause=(1.0, 4.0))
    print(f"seed {seed}: {len(kills)} kills, {redone(folder)} epochs trained again")

    check(folder, proposer, 200, len(kills))


CODE = """
    from pathlib import Path
    from tests.jobs.test_survival import search
    folder = Path({folder!r})
    run = folder / "run.txt"
    known = run.read_text() if run.exists() else ""
    search(folder, trials={trials}, workers={workers}, run_id=known)
"""


def start(folder, trials, workers):
    code = textwrap.dedent(CODE.format(folder=str(folder), trials=trials, workers=workers))
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)


def kill_in_the_middle(folder, trials, dice, workers=2):
    """Run the search in a process of its own for a random part of its time; returns whether it ended."""
    lines = folder / "epochs.log"
    before = len(lines.read_text().splitlines()) if lines.exists() else 0
    process, wanted = start(folder, trials, workers), before + dice.randint(1, 12)
    while process.poll() is None:
        if lines.exists() and len(lines.read_text().splitlines()) >= wanted:
            process.kill()
            process.wait()
            return False
        time.sleep(0.01)
    assert process.returncode == 0
    return True


def coordinator_under_kills(folder, seed, *, trials, kills, workers=2):
    dice, killed = random.Random(seed), 0
    while killed < kills and not kill_in_the_middle(folder, trials, dice, workers):
        killed += 1
    run = (folder / "run.txt").read_text()
    _, proposer = search(folder, trials=trials, workers=workers, run_id=run)
    return proposer, killed


def test_the_coordinator_may_be_killed(folder):
    proposer, killed = coordinator_under_kills(folder, 0, trials=8, kills=2)

    assert killed == 2
    # two workers were in the middle of an epoch each time
    check(folder, proposer, 8, 2 * killed)


@pytest.mark.slow
def test_a_search_that_was_killed_tries_what_it_would_have_tried(tmp_path):
    compare_with_uninterrupted(tmp_path, trials=6, kills=2)


@pytest.mark.slow
def test_the_coordinator_may_be_killed_20_times(tmp_path):
    compare_with_uninterrupted(tmp_path, trials=40, kills=20)


def compare_with_uninterrupted(place, *, trials, kills):
    """With one worker nothing depends on time, so the same is asked in the same order."""
    for name in ("killed", "whole"):
        (place / name / "job").mkdir(parents=True)
    killed = place / "killed" / "job"

    ours, count = coordinator_under_kills(killed, 3, trials=trials, kills=kills, workers=1)
    _, whole = search(place / "whole" / "job", trials=trials, workers=1)
    print(f"{count} kills, {redone(killed)} epochs trained again")

    assert count == kills
    check(killed, ours, trials, kills)
    assert configurations(ours) == configurations(whole)


def configurations(proposer):
    return [(record.number, record.configuration) for record in proposer.records()]
