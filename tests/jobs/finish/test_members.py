"""A winner of two members, from a real search to predictions by plain Keras."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import automl
from automl.core.members import Member, joined_winner
from automl.jobs.finish.winner import TrainedWinner, train_winner
from automl.tasks.decoding import finished

ROWS = 120
WEIGHTS = {0: 0.25, 1: 0.75}


def table(task: str) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=ROWS), "town": rng.choice(["Bonn", "Ulm"], ROWS)})
    amount = frame["a"] + (frame["town"] == "Ulm")
    # far from zero, where float32 would lose every digit
    return frame.assign(y=1e9 + amount if task == "regression" else np.where(amount > 0.5, "yes", "no"))


@pytest.fixture
def joining(monkeypatch: pytest.MonkeyPatch) -> list[TrainedWinner]:
    """Searches join two trials; the list holds what they export."""
    found: list[TrainedWinner] = []

    def train(*args: Any) -> TrainedWinner:
        found.append(train_winner(*args))
        return found[-1]

    monkeypatch.setattr(
        "automl.jobs.search.search.choose_winner", lambda trials, best: joined_winner(WEIGHTS)
    )
    monkeypatch.setattr("automl.jobs.finish.finish.train_winner", train)
    return found


def search(task: str, folder: Path, **options: Any) -> automl.Result:
    known = {"family": ("mlp", "linear"), "trials": 2, "epochs": 2, "tracking": False, "verbose": 0}
    return automl.search(table(task), target="y", task=task, out=folder, **{**known, **options})


def by_plain_keras(result: automl.Result, frame: pd.DataFrame) -> np.ndarray:
    import keras

    import automl.layers  # noqa: F401

    inputs = {"a": frame["a"].to_numpy()[:, None], "town": frame["town"].to_numpy(object)[:, None]}
    model = keras.models.load_model(result.folder / "model.keras")
    given = {name: inputs[name].reshape((-1, *tensor.shape[1:])) for name, tensor in model.input.items()}
    return np.asarray(model.predict(given, verbose=0))


def means(winner: TrainedWinner) -> np.ndarray:
    """The weighted mean of what each member predicts by itself."""
    prepared, total = winner.prepared, 0.0
    for core, weight in zip(winner.cores, winner.weights, strict=True):
        inputs = {name: prepared.split.validation[name] for name in core.input}
        total = total + weight * finished(prepared.task, core.predict(inputs, verbose=0))["target"]
    return np.asarray(total)


@pytest.mark.parametrize("folds", [None, 2], ids=["held out", "folds"])
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_the_exported_model_predicts_the_weighted_mean(task, folds, joining, tmp_path):
    result = search(task, tmp_path / "job", folds=folds)
    winner = joining[0]
    raw = winner.prepared.validation.inputs
    frame = pd.DataFrame({name: np.asarray(raw[name]).ravel() for name in ("a", "town")})

    predicted = by_plain_keras(result, frame)

    assert winner.weights == (0.75, 0.25)
    np.testing.assert_allclose(predicted, means(winner), rtol=0, atol=1e-5)
    assert not np.allclose(predicted, _first(winner).predictions()["target"], rtol=0, atol=1e-3)
    assert result.summary["exported_error"] == ""
    assert len(result.predict(frame.head(3))) == 3


def _first(winner: TrainedWinner) -> TrainedWinner:
    return TrainedWinner(
        prepared=winner.prepared, records=winner.records[:1], cores=winner.cores[:1], weights=(1.0,)
    )


def test_result_leaderboard_and_store_know_the_members(joining, tmp_path):
    from mlflow import MlflowClient

    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    result = search("binary", tmp_path / "job", name="pair", tracking=True, tracking_uri=store)

    client = MlflowClient(store)
    version = client.get_model_version_by_alias("pair", "champion")
    told = {
        int(client.get_run(run).info.run_name.rpartition(" ")[2]): weight
        for run, weight in json.loads(version.tags["automl.members"]).items()
    }
    board = result.leaderboard.dropna(subset="trial").set_index("trial")["member_weight"]
    assert result.members == (Member(trial=1, weight=0.75), Member(trial=0, weight=0.25))
    assert board.to_dict() == told == WEIGHTS
    assert version.run_id == result.summary["mlflow_run_id"]


def test_a_winner_alone_is_one_member_of_weight_one(wine_job):
    assert wine_job.members == (Member(trial=wine_job.summary["best_trial"], weight=1.0),)
