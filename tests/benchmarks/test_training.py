"""The training benchmark: every side measures the same things, and the tables say them rightly."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from automl.core.errors import SearchError
from benchmarks.training.__main__ import main
from benchmarks.training.record import Job, Measurement, Recorder, parse_measurement
from benchmarks.training.rows import ROWS
from benchmarks.training.table import marks_of, memory_table, times_table

ROOT = Path(__file__).parents[2]
NEEDS_KERASTUNER = pytest.mark.skipif(
    importlib.util.find_spec("keras_tuner") is None,
    reason="KerasTuner is absent; pip install 'automl-keras[bench]' brings it",
)


def measurement(side, seconds, steady=1.0, *, trials=20, **own):
    return Measurement(
        job=Job(side=side, row="digits", trials=trials, epochs=2, seed=0),
        ends=[seconds * number for number in range(1, trials + 1)],
        firsts=[0.5] * trials,
        resident=[100.0 + number for number in range(1, trials + 1)],
        steady=steady,
        peak=800.0,
        **own,
    )


def cells(table, row):
    """A row's cells by the names of their columns; `times` counts from 0."""
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    header = [f"times {index}" if name == "times" else name for index, name in enumerate(lines[0])]
    return dict(zip(header, next(line for line in lines if line[0] == row), strict=True))


@pytest.mark.parametrize(("trials", "marks"), [(3, (3,)), (20, (10, 20)), (100, (10, 20, 100))])
def test_time_per_trial_is_taken_at_ten_twenty_a_hundred_and_the_end(trials, marks):
    assert marks_of(trials) == marks


def test_ratios_are_medians_of_the_rounds_own_ratios():
    ours = [measurement("ours", *times) for times in ((1, 1.0), (2, 2.0), (1, 9.0))]
    theirs = [measurement("fit", *times) for times in ((2, 4.0), (20, 5.0), (30, 6.0))]

    shown = cells(times_table("fit", {"digits": list(zip(ours, theirs, strict=True))}), "digits MLP")

    assert shown["s/trial at 10"] == "1.000 / 20.000"
    assert shown["times 3"] == "10.0"
    assert (shown["steady epoch, s"], shown["ratio"]) == ("2.0000 / 5.0000", "0.40")


def test_shares_and_hits_come_from_what_the_engine_says():
    hits = [{"step_seconds": 0.6, "compile_seconds": 0.1, "program": "hit"}] * 15
    ours = measurement("ours", 1.0, facts=[*hits, *[{"program": "miss"}] * 5])

    shown = cells(times_table("fit", {"digits": [(ours, measurement("fit", 2.0))]}), "digits MLP")

    assert (shown["in steps"], shown["compiling"], shown["hits"]) == ("45%", "8%", "15 of 20")


def test_an_engine_that_says_nothing_gets_no_shares():
    rounds = [(measurement("ours", 1.0, facts=[{}] * 20), measurement("fit", 2.0))]

    shown = cells(times_table("fit", {"digits": rounds}), "digits MLP")

    assert (shown["in steps"], shown["compiling"], shown["hits"]) == ("–", "–", "–")


def test_memory_is_compared_early_and_late():
    table = memory_table({"digits-same": [measurement("ours", 1.0, trials=200)]})

    assert cells(table, "all the same") == {
        "structures": "all the same",
        "after trial 20, MiB": "120",
        "after trial 200, MiB": "300",
        "ratio": "2.50",
    }


def test_a_measurement_survives_the_way_between_processes():
    measured = measurement("ours", 1.0, facts=[{"step_seconds": 0.5, "program": "miss"}])

    assert parse_measurement(measured.text()) == measured


def test_a_search_that_lost_a_trial_is_no_measurement():
    job = Job(side="ours", row="digits", trials=2, epochs=2, seed=0)
    recorder = Recorder()
    recorder.training_starts()
    recorder.epoch_ended(1)
    recorder.trial_ended()

    with pytest.raises(SearchError, match="2 trials were asked for, 1 were trained"):
        recorder.measurement(job, [1.0, 2.0])


@pytest.mark.parametrize("option", [["--rows", "digit"], ["--against", "keras"], ["--trials", "0"]])
def test_wrong_options_are_refused_before_anything_runs(option, capsys):
    assert main(option) == 2

    assert "Error: " in capsys.readouterr().err


@NEEDS_KERASTUNER
def test_a_tiny_run_prints_its_row():
    small = ["--rows", "digits", "--trials", "1", "--epochs", "1", "--rounds", "1"]
    command = [sys.executable, "-m", "benchmarks.training", *small, "--against", "kerastuner"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert f"| {ROWS['digits'].title} | 1 x 1 | " in done.stdout
