"""A whole job on the backend that `auto` chooses, and its model in a process on another one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import automl
import automl.layers
from automl.jobs.config import read_config
from automl.jobs.folder import read_json
from automl.jobs.progress import SilentProgress
from automl.metrics.scorer import score_at_once

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="compares with TensorFlow")

QUICK = ("--family", "mlp", "--trials", "1", "--epochs", "2", "--no-tracking", "--folds", "1")
"""Of folds the file's score is not known: each row was trained on by some of its parts."""
COMMANDS = """
import json, sys
from automl.cli.app import run
codes = [run(command) for command in json.loads(sys.argv[1])]
print("loaded", *sorted({"tensorflow", "jax"} & set(sys.modules)))
sys.exit(max(codes))
"""
SEARCH = """
import json, sys
import pandas as pd
import automl
result = automl.search(
    pd.read_csv("table.csv"), target="bought", family="linear", trials=1, epochs=2, tracking=False,
    verbose=0, folds=2, out="job"
)
import keras
scores = result.evaluate("table.csv")["metrics"]
print(json.dumps([keras.backend.backend(), type(result.model).__name__, scores]))
"""


def commands(folder: Path, *typed: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Commands that one process is given, one after another."""
    return run(folder, COMMANDS, json.dumps(typed))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    environment |= {"CUDA_VISIBLE_DEVICES": ""}
    outcome = subprocess.run(
        [sys.executable, "-c", *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stderr[-3000:]
    return outcome


def table(rows: int = 80) -> pd.DataFrame:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "price": random.normal(1e6, 3, rows).round(2),
            "town": random.choice(["Köln", "Ulm", ""], rows),
            "colour": random.choice(["red", "Ulm"], rows),
            "day": pd.date_range("2024-01-01", periods=rows).strftime("%Y-%m-%d"),
        }
    )
    return frame.assign(bought=np.where(frame["price"] + 3 * (frame["town"] == "Ulm") > 1e6, "yes", "no"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backends")
    table().to_csv(folder / "table.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def command(place: Path) -> subprocess.CompletedProcess[str]:
    return commands(place, ("search", "table.csv", "--target", "bought", *QUICK, "--out", "trained"))


@pytest.fixture(scope="module")
def again(place: Path, command: object) -> subprocess.CompletedProcess[str]:
    """The same command, and then on its backend what the first one trained."""
    return commands(
        place,
        ("search", "table.csv", "--target", "bought", *QUICK, "--out", "again"),
        ("evaluate", "trained", "table.csv", "--json"),
    )


def test_a_command_trains_a_table_on_jax_and_loads_nothing_else(place, command):
    assert command.stdout.splitlines()[-1] == "loaded jax"
    assert "Backend: jax (quickest for such data on a CPU)" in " ".join(command.stderr.split())
    assert read_config(place / "trained" / "job.yaml")["backend"] == "jax"


def test_plain_keras_on_tensorflow_gives_what_was_scored_on_jax(place, again):
    summary, result = read_json(place / "trained" / "result.json"), automl.load(place / "trained")
    model = keras.models.load_model(place / "trained" / "model.keras")

    _, examples, _ = result.opened.read(str(place / "table.csv"), targets=True)
    found = np.asarray(model.predict({name: np.asarray(item) for name, item in examples.inputs.items()}))
    scores = score_at_once(
        result.opened.task.scorer(), result.opened.task.encode(examples.targets), {"target": found}
    )

    assert summary["exported_error"] == ""
    assert summary["exported_score"] == pytest.approx(summary["best_score"])
    *_, evaluated, loaded = again.stdout.splitlines()
    assert loaded == "loaded jax"
    expected = json.loads(evaluated)["metrics"]
    assert scores == pytest.approx(expected, abs=1e-5)


def test_the_same_command_gives_the_same_scores(place, again):
    first, second = (read_json(place / name / "result.json") for name in ("trained", "again"))
    assert second["best_metrics"] == first["best_metrics"]


def test_a_process_of_the_user_keeps_its_backend_and_its_trials_run_on_jax(place):
    outcome = run(place, SEARCH)

    backend, model, _ = json.loads(outcome.stdout.splitlines()[-1])
    summary = read_json(place / "job" / "result.json")
    assert (backend, model) == ("tensorflow", "RawModel")
    assert read_config(place / "job" / "job.yaml")["backend"] == "jax"
    assert (summary["failed"], summary["exported_error"]) == (0, "")


def test_a_job_goes_on_on_its_backend(place, command):
    progress = SilentProgress()

    result = automl.resume(place / "trained", trials=2, progress=progress)

    assert result.summary["trials"] == 2
    assert result.summary["failed"] == 0
    assert any("Backend: jax (as asked for; in a worker process" in note for note in progress.notes)


def test_texts_train_on_tensorflow(place):
    words = np.random.default_rng(0).choice(["good", "bad"], 40)
    texts = [f"Number {row} was a {word} film that we saw." for row, word in enumerate(words)]
    pd.DataFrame({"text": texts, "label": words}).to_csv(place / "texts.csv", index=False)
    arguments = ("--target", "label", "--family", "ngrams", *QUICK[2:], "--out", "texts")

    commands(place, ("search", "texts.csv", *arguments))

    assert read_config(place / "texts" / "job.yaml")["backend"] == "tensorflow"
