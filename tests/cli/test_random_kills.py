"""A search that is killed at random moments, from its first instant on: every folder goes on."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import optuna
import pytest

from automl.jobs.folder import JobFolder, read_json
from automl.jobs.search.clock import seconds_used

TRIALS, KILLS = 6, 8


def command(folder, store):
    """What a user types: resume where there is a job, else the search itself."""
    if (folder / "job.yaml").exists():
        return ["resume", str(folder)]
    options = ["--family", "mlp", "--trials", str(TRIALS), "--epochs", "27", "--no-portfolio"]
    return ["search", "sklearn:wine", *options, "--out", str(folder), "--tracking-uri", store]


def run_for(seconds, folder, store):
    """Run the command for so long, to its end by default; returns its exit code, and what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "automl", *command(folder, store)], stderr=subprocess.PIPE, text=True
    )
    try:
        said = process.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        said = process.communicate()[1]
    return process.returncode, said


def runs_of(store):
    """By trial its status and the epochs whose loss its run has; and how many parents there are."""
    from mlflow import MlflowClient

    client = MlflowClient(store)
    experiment = client.get_experiment_by_name("wine").experiment_id
    runs = client.search_runs([experiment], max_results=1000)
    trials = [run for run in runs if "trial" in run.data.tags]
    found = {
        int(run.data.tags["trial"]): (
            run.info.status != "RUNNING",
            [point.step for point in client.get_metric_history(run.info.run_id, "loss")],
        )
        for run in trials
    }
    assert len(found) == len(trials)
    return found, len(runs) - len(trials)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_search_killed_at_random_moments_goes_on(tmp_path, seed):
    dice, folder = random.Random(seed), tmp_path / "job"
    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    used, killed = 0.0, 0
    for number in range(KILLS):
        began = time.monotonic()
        moment = dice.uniform(0.0, 1.5) if number < 3 else dice.uniform(0.0, 25.0)
        code, said = run_for(moment, folder, store)
        killed += code == -9
        assert code in (0, -9), said
        used += time.monotonic() - began if folder.exists() and (folder / ".seconds").exists() else 0.0
    code, said = run_for(600, folder, store)

    assert (code, "Traceback" in said) == (0, False), said
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(str(folder / "study.journal"))
    )
    trials = optuna.load_study(study_name="wine", storage=storage).trials
    found, parents = runs_of(store)
    epochs = {trial.number: trial.user_attrs["record"]["epochs"] for trial in trials}
    assert [trial.number for trial in trials] == list(range(TRIALS))
    assert found == {number: (True, list(range(1, last + 1))) for number, last in epochs.items()}
    assert parents == 1
    assert read_json(folder / "result.json")["state"] == "complete"
    assert seconds_used(JobFolder(folder)) >= 0.7 * used - KILLS
    print(f"seed {seed}: {killed} kills, {sum(epochs.values())} epochs, each once")
