"""A real process that is interrupted or killed: the best so far is there, and resume goes on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import optuna
import psutil
import pytest

from automl.cli.app import run

TRIALS = 3


def start(folder, *more, trials=TRIALS, epochs=80):
    options = ["--family", "linear", "--trials", str(trials), "--epochs", str(epochs), "--no-portfolio"]
    command = [sys.executable, "-m", "automl", "search", "sklearn:wine", *options, *more]
    place = ["--no-tracking", "--pruner", "none", "--out", str(folder)]
    return subprocess.Popen([*command, *place], stderr=subprocess.PIPE, text=True)


def wait_for_a_trial(process):
    """Read the plain progress until one trial has ended and the next one trains."""
    for line in process.stderr:
        if "  trial 0 " in line:  # "trial 0: epoch 7 of 80" tells of one that still trains
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


def stop(process, folder):
    """As a user would from another terminal: look, stop, and see that it is stopped."""
    assert run(["jobs", str(folder.parent), "--json"]) == 0
    assert run(["stop", str(folder)]) == 0
    assert run(["stop", str(folder)]) == 2


def end(process, folder):
    process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("ended", [stop, pytest.param(end, marks=pytest.mark.slow)])
def test_after_an_interruption_the_best_is_there_and_resume_makes_the_rest(tmp_path, capsys, ended):
    process = start(tmp_path / "job")
    wait_for_a_trial(process)

    ended(process, tmp_path / "job")
    process.communicate(timeout=120)

    assert process.returncode == 130
    assert (tmp_path / "job" / "model.keras").exists()
    assert json.loads((tmp_path / "job" / "result.json").read_text())["state"] == "interrupted"
    if ended is stop:
        listed, told, _ = capsys.readouterr().out.split("\n")
        (job,) = json.loads(listed)
        assert (job["state"], job["pid"], job["metric"]) == ("running", process.pid, "val_accuracy")
        assert job["trials"] >= 1
        assert told.startswith("Stopped after 1 trial, best val_accuracy: ")
    assert run(["resume", str(tmp_path / "job")]) == 0
    assert numbers_told(tmp_path / "job") == list(range(TRIALS))


def test_a_reader_that_is_gone_ends_no_search(tmp_path):
    process = start(tmp_path / "job", epochs=3)
    for _ in range(3):
        process.stderr.readline()
    process.stderr.close()

    assert process.wait(timeout=120) == 0
    summary = json.loads((tmp_path / "job" / "result.json").read_text())
    assert (summary["state"], summary["finished"]) == ("complete", TRIALS)


@pytest.mark.usefixtures("hangups")
def test_a_lost_terminal_ends_a_search_in_order(tmp_path):
    process = start(tmp_path / "job")
    wait_for_a_trial(process)

    process.stderr.close()
    process.send_signal(signal.SIGHUP)

    assert process.wait(timeout=120) == 130
    summary = json.loads((tmp_path / "job" / "result.json").read_text())
    assert (summary["state"], summary["failed"]) == ("interrupted", 0)
    assert (tmp_path / "job" / "model.keras").exists()


@pytest.mark.slow
def test_after_a_kill_resume_exports_and_makes_the_rest(tmp_path, capsys):
    process = start(tmp_path / "job")
    wait_for_a_trial(process)

    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)

    assert not (tmp_path / "job" / "model.keras").exists()
    assert run(["resume", str(tmp_path / "job")]) == 0
    assert (tmp_path / "job" / "model.keras").exists()
    assert numbers_told(tmp_path / "job") == list(range(TRIALS))


def workers_of(process):
    return psutil.Process(process.pid).children(recursive=True)


def test_a_search_with_workers_is_its_coordinators_and_survives_the_death_of_all_processes(
    tmp_path, capsys
):
    folder = tmp_path / "job"
    process = start(folder, "--executor", "pool", epochs=100)
    wait_for_a_trial(process)
    workers = workers_of(process)

    refused = run(["resume", str(folder)])
    refusal = capsys.readouterr().err
    for worker in workers:
        worker.kill()
    line = next(line for line in process.stderr if "moves to another worker" in line)
    successors = workers_of(process)
    process.kill()
    process.communicate(timeout=60)
    psutil.wait_procs(successors, timeout=30)

    assert refused == 2
    assert f"process {process.pid} on {socket.gethostname()}" in refusal
    assert "was killed by SIGKILL" in line
    assert not any(worker.is_running() for worker in [*workers, *successors])
    assert run(["resume", str(folder), "--workers", "1"]) == 0
    assert numbers_told(folder) == list(range(TRIALS))
    assert (folder / "model.keras").exists()
    assert not (folder / "leases.journal").exists()


@pytest.mark.slow
def test_ctrl_c_ends_a_search_with_workers_saved(tmp_path, capsys):
    folder = tmp_path / "job"
    process = start(folder, "--executor", "pool", epochs=200)
    wait_for_a_trial(process)
    workers = workers_of(process)

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)

    assert process.returncode == 130
    assert not any(worker.is_running() for worker in workers)
    assert json.loads((folder / "result.json").read_text())["state"] == "interrupted"
    assert run(["resume", str(folder), "--workers", "1"]) == 0
    assert numbers_told(folder) == list(range(TRIALS))
