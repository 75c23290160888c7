"""A real process that is interrupted or killed: the best so far is there, and resume goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import optuna
import pytest

from automl.cli.app import run

TRIALS = 3


def start(folder):
    options = ["--family", "linear", "--trials", str(TRIALS), "--epochs", "80", "--no-portfolio"]
    command = [sys.executable, "-m", "automl", "search", "sklearn:wine", *options]
    place = ["--no-tracking", "--pruner", "none", "--out", str(folder)]
    return subprocess.Popen([*command, *place], stderr=subprocess.PIPE, text=True)


def wait_for_a_trial(process):
    """Read the plain progress until one trial has ended and the next one trains."""
    for line in process.stderr:
        if line.startswith("trial 0"):
            time.sleep(1.0)
            return
    pytest.fail("the search ended before its first trial")


def numbers_told(folder):
    study = optuna.load_study(
        study_name="wine",
        storage=optuna.storages.JournalStorage(
            optuna.storages.journal.JournalFileBackend(str(folder / "study.journal"))
        ),
    )
    return [trial.number for trial in study.trials if trial.state.is_finished()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_after_an_interruption_the_best_is_there_and_resume_makes_the_rest(tmp_path, capsys, number):
    process = start(tmp_path / "job")
    wait_for_a_trial(process)

    process.send_signal(number)
    process.communicate(timeout=120)

    assert process.returncode == 130
    assert (tmp_path / "job" / "model.keras").exists()
    assert json.loads((tmp_path / "job" / "result.json").read_text())["state"] == "interrupted"
    assert run(["resume", str(tmp_path / "job")]) == 0
    assert numbers_told(tmp_path / "job") == list(range(TRIALS))


def test_after_a_kill_resume_exports_and_makes_the_rest(tmp_path, capsys):
    process = start(tmp_path / "job")
    wait_for_a_trial(process)

    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)

    assert not (tmp_path / "job" / "model.keras").exists()
    assert run(["resume", str(tmp_path / "job")]) == 0
    assert (tmp_path / "job" / "model.keras").exists()
    assert numbers_told(tmp_path / "job") == list(range(TRIALS))
