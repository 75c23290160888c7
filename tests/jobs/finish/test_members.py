"""A winner of several networks, of two members or of folds, from a real search to plain Keras."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import automl
from automl.core.members import Member, joined_winner
from automl.jobs.finish.members import train_winner
from automl.jobs.finish.winner import TrainedWinner, raw_outputs
from automl.tasks.calibration import tempered
from automl.tasks.decoding import finished

ROWS = 120
WEIGHTS = {0: 0.25, 1: 0.75}


def table(task: str) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=ROWS), "town": rng.choice(["Bonn", "Ulm"], ROWS)})
    amount = frame["a"] + (frame["town"] == "Ulm")
    # far from zero, where float32 would lose every digit
    return frame.assign(y=1e9 + amount if task == "regression" else np.where(amount > 0.5, "yes", "no"))


def join_two(patch: pytest.MonkeyPatch) -> list[TrainedWinner]:
    """Let searches join two trials; the list will hold what they export."""
    found: list[TrainedWinner] = []

    def train(*args: Any) -> TrainedWinner:
        found.append(train_winner(*args))
        return found[-1]

    patch.setattr("automl.jobs.search.search.choose_winner", lambda *args: joined_winner(WEIGHTS))
    patch.setattr("automl.jobs.finish.finish.train_winner", train)
    return found


@pytest.fixture
def joining(monkeypatch: pytest.MonkeyPatch) -> list[TrainedWinner]:
    """Searches join two trials; the list holds what they export."""
    return join_two(monkeypatch)


@pytest.fixture(scope="module")
def folded(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> tuple[automl.Result, TrainedWinner]:
    """Two trials in three folds that were joined, in a store beside the job; and what was exported."""
    folder = tmp_path_factory.mktemp("folded")
    shutil.copy(empty_database, folder / "mlflow.db")
    logged = {"name": "pair", "tracking": True, "tracking_uri": f"sqlite:///{folder / 'mlflow.db'}"}
    with pytest.MonkeyPatch.context() as patch:
        found = join_two(patch)
        return search("binary", folder / "job", folds=3, **logged), found[0]


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
    """The weighted mean over members of the mean of what each of their networks predicts by itself."""
    prepared, total = winner.prepared, 0.0
    for member in winner.members:
        each = [
            finished(prepared.task, raw_outputs(network, prepared.split.validation))["target"]
            for network in member.networks()
        ]
        total = total + member.weight * np.mean(each, axis=0)
    return np.asarray(total)


@pytest.mark.parametrize("folds", [1, 3], ids=["held out", "folds"])
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_the_exported_model_predicts_the_weighted_mean(task, folds, request, tmp_path):
    if (task, folds) == ("binary", 3):
        result, winner = request.getfixturevalue("folded")
    else:
        joining = request.getfixturevalue("joining")
        result = search(task, tmp_path / "job", folds=folds)
        winner = joining[0]
    raw = winner.prepared.validation.inputs
    frame = pd.DataFrame({name: np.asarray(raw[name]).ravel() for name in ("a", "town")})

    predicted, expected = by_plain_keras(result, frame), means(winner)
    if calibration := result.summary["calibration"]:
        expected = tempered(expected, calibration["temperature"], exclusive=True)

    assert [member.weight for member in winner.members] == [0.75, 0.25]
    assert [len(list(member.networks())) for member in winner.members] == [folds, folds]
    np.testing.assert_allclose(predicted, expected, rtol=0, atol=1e-5)
    assert not np.allclose(predicted, _first(winner).predictions()["target"], rtol=0, atol=1e-3)
    assert result.summary["exported_error"] == ""
    assert len(result.predict(frame.head(3))) == 3


def _first(winner: TrainedWinner) -> TrainedWinner:
    return TrainedWinner(prepared=winner.prepared, members=winner.members[:1], parts=winner.parts)


def test_what_is_told_of_an_ensemble_of_folds_is_out_of_fold(folded):
    result, winner = folded

    outputs = [member.held_out(winner.prepared, winner.parts) for member in winner.members]
    recomputed = [
        type(member)(record=member.record, core=member.core, folds=member.folds).held_out(
            winner.prepared, winner.parts
        )
        for member in winner.members
    ]

    for kept, again in zip(outputs, recomputed, strict=True):
        np.testing.assert_allclose(kept["target"], again["target"], rtol=0, atol=1e-5)
    assert result.summary["ensemble_score"] == winner.metrics["accuracy"]
    assert result.summary["exported_score"] is None
    assert result.summary["exported_examples"] == ROWS


def pictures() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = np.resize([0, 1], 40)
    return (rng.integers(0, 90, (40, 8, 8, 3)) + 100 * labels[:, None, None, None]).astype("uint8"), labels


def texts() -> pd.DataFrame:
    words = np.resize(["a good and lively day", "such a dull, wasted evening"], 40)
    return pd.DataFrame(
        {"text": [f"{text} {n}" for n, text in enumerate(words)], "y": np.resize([0, 1], 40)}
    )


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (pictures(), {"family": "cnn", "modality": "image", "folds": 1}),
        (texts(), {"family": "ngrams", "modality": "text", "target": "y", "folds": 1}),
    ],
    ids=["pictures", "texts"],
)
def test_trials_on_a_part_that_was_held_out_are_joined(data, options, joining, tmp_path):
    known = {"trials": 2, "epochs": 1, "tracking": False, "verbose": 0, "task": "binary"}
    result = automl.search(data, out=tmp_path / "job", **{**known, **options})

    assert result.summary["folds"] is None
    assert len(result.members) == 2
    assert result.summary["exported_error"] == ""
    assert result.summary["exported_score"] == pytest.approx(result.summary["ensemble_score"])


def test_result_leaderboard_and_store_know_the_members(folded):
    from mlflow import MlflowClient

    result, _ = folded
    client = MlflowClient(f"sqlite:///{result.folder.parent / 'mlflow.db'}")
    version = client.get_model_version_by_alias("pair", "champion")
    told = {
        int(client.get_run(run).info.run_name.rpartition(" ")[2]): weight
        for run, weight in json.loads(version.tags["automl.members"]).items()
    }
    board = result.leaderboard.dropna(subset="trial").set_index("trial")["member_weight"]
    parent = client.get_run(result.summary["mlflow_run_id"])
    assert result.members == (Member(trial=1, weight=0.75), Member(trial=0, weight=0.25))
    assert board.to_dict() == told == WEIGHTS
    assert version.run_id == result.summary["mlflow_run_id"]
    assert parent.data.metrics["ensemble_val_accuracy"] == result.summary["ensemble_score"]


def test_a_winner_alone_is_one_member_of_weight_one(tmp_path):
    result = search("binary", tmp_path / "job", single=True, folds=1)

    assert result.members == (Member(trial=result.summary["best_trial"], weight=1.0),)
    assert result.summary["ensemble_score"] == result.best_score


@pytest.mark.parametrize("options", [{"single": True}, {"constraint": "parameters<=100000"}])
def test_a_single_network_is_trained_on_all_rows(options, tmp_path, monkeypatch):
    found: list[TrainedWinner] = []
    monkeypatch.setattr(
        "automl.jobs.finish.finish.train_winner",
        lambda *args: found.append(train_winner(*args)) or found[-1],
    )

    result = search("binary", tmp_path / "job", folds=3, **options)

    (member,) = found[0].members
    assert member.folds == ()
    assert len(list(member.networks())) == 1
    assert member.record.number == result.summary["best_trial"]
    assert (result.summary["exported_score"], result.summary["exported_error"]) == (None, "")
    with pytest.warns(automl.DataWarning, match="120 of 120 rows were trained on"):
        assert result.evaluate(table("binary"))["rows"] == ROWS
