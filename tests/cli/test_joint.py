"""Two targets of different kinds, from the command line: searched, predicted, scored, resumed, refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl
from automl.cli.app import run

SEARCH = ["--family", "linear", "--epochs", "12", "--set", "batch_size=16", "--no-tracking"]
TWO = ["--target", "sold", "--target", "price"]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(0)
    size = random.normal(size=160)
    frame = pd.DataFrame(
        {
            "size": size,
            "noise": random.normal(size=160),
            "sold": size + random.normal(0, 0.1, 160) > 0,
            "price": 1e6 + 10 * size,
        }
    )
    frame.loc[3, "price"] = np.nan
    path = tmp_path_factory.mktemp("joint") / "homes.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def job(table: Path) -> Path:
    folder = table.parent / "job"
    assert run(["search", str(table), *TWO, *SEARCH, "--trials", "2", "--out", str(folder)]) == 0
    return folder


def test_a_class_and_an_amount_are_learned_by_one_model(table: Path, job: Path) -> None:
    scores = automl.load(job).evaluate(pd.read_csv(table).dropna(), told=print)["metrics"]

    assert scores["sold.accuracy"] > 0.85
    assert scores["price.r2"] > 0.5
    assert 0.4 < scores["skill"] <= 1


def test_answers_are_columns_in_the_targets_own_types(table: Path, job: Path) -> None:
    frame = automl.load(job).predict(pd.read_csv(table).drop(columns=["sold", "price"]))

    assert list(frame) == ["row", "sold", "sold_probability_False", "sold_probability_True", "price"]
    assert frame.sold.dtype == bool
    assert frame.price.between(1e6 - 50, 1e6 + 50).all()


def test_probabilities_stand_by_target_and_class(table: Path, job: Path) -> None:
    frame = pd.read_csv(table).drop(columns=["sold", "price"])
    result = automl.load(job)

    shares = result.predict_proba(frame)

    assert list(shares) == [("sold", False), ("sold", True)]
    assert shares.sum(axis=1).to_numpy() == pytest.approx(np.ones(len(frame)), abs=1e-5)
    assert (shares["sold"].idxmax(axis=1) == result.predict(frame)["sold"]).all()


def test_the_exported_model_answers_by_target(job: Path) -> None:
    result = automl.load(job)

    outputs = result.outputs(pd.DataFrame({"size": [0.1], "noise": [0.2]}))

    assert {name: values.shape for name, values in outputs.items()} == {"sold": (1, 2), "price": (1, 1)}


def test_it_is_resumed(job: Path) -> None:
    assert run(["resume", str(job), "--trials", "3"]) == 0

    summary = json.loads((job / "result.json").read_text())
    assert summary["task"] == "joint"
    assert summary["metric"] == "val_skill"
    assert not summary.get("exported_fault")


def test_a_target_may_be_called_like_a_metric_of_validation(table: Path, tmp_path: Path) -> None:
    named = pd.read_csv(table).rename(columns={"price": "val_x"})
    named.to_csv(tmp_path / "homes.csv", index=False)
    targets = ["--target", "sold", "--target", "val_x"]
    asked = ["--metric", "val_x.rmse", "--constraint", "val_x.rmse<=1000", "--trials", "1"]

    assert (
        run(
            [
                "search",
                str(tmp_path / "homes.csv"),
                *targets,
                *SEARCH,
                *asked,
                "--out",
                str(tmp_path / "job"),
            ]
        )
        == 0
    )

    summary = json.loads((tmp_path / "job" / "result.json").read_text())
    assert summary["metric"] == "val_val_x.rmse"


def test_one_target_can_be_what_counts(table: Path, tmp_path: Path) -> None:
    arguments = [*TWO, *SEARCH, "--metric", "price.rmse", "--folds", "2", "--trials", "1"]

    assert run(["search", str(table), *arguments, "--out", str(tmp_path / "job")]) == 0

    assert json.loads((tmp_path / "job" / "result.json").read_text())["metric"] == "val_price.rmse"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([*TWO, "--metric", "accuracy"], "it has: skill, sold.accuracy"),
        (["--target", "sold", "--target", "sold"], "twice"),
        (["--target", "sold", "--task", "joint"], "two or more target columns"),
    ],
)
def test_what_cannot_be_is_refused(
    table: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    code = run(["search", str(table), *arguments, *SEARCH, "--out", str(tmp_path / "job")])

    assert code == 2
    assert told in " ".join(capfd.readouterr().err.split())
