"""A job with costs of mistakes: its threshold is told, kept, and used wherever labels are answered."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl
from automl.core.reports import report_from_json


def people(rows: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    a, b = random.normal(size=(2, rows))
    ill = random.random(rows) < 1 / (1 + np.exp(3.5 - 2 * a))
    b = 2 + 0.5 * b
    return pd.DataFrame({"a": a, "b": b, "state": np.where(ill, "ill", "well")})


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> automl.Result:
    return automl.search(
        people(300, 0),
        target="state",
        cost="fn=5,fp=1",
        amount_column="b",
        family="linear",
        folds=2,
        epochs=10,
        settings=("learning_rate=0.1", "batch_size=32"),
        trials=1,
        tracking=False,
        verbose=0,
        out=tmp_path_factory.mktemp("jobs") / "job",
    )


def test_labels_follow_the_threshold(result: automl.Result) -> None:
    threshold = result.summary["decision"]["threshold"]
    table = result.predict(people(200, 1))

    assert threshold != 0.5
    assert ((table["prediction"] == "ill") == (table["probability_ill"] >= threshold)).all()


def test_scores_are_those_of_the_labels(result: automl.Result) -> None:
    new = people(200, 1)
    labels = result.predict(new)["prediction"]
    ill, alarm = new["state"] == "ill", labels == "ill"
    missed = json.loads((result.folder / "task.json").read_text())["asked"]["costs"]["fn"]
    cost = missed * (ill & ~alarm) + 1 * (alarm & ~ill)

    metrics = result.evaluate(new)["metrics"]

    assert metrics["accuracy"] == pytest.approx((labels == new["state"]).mean())
    assert (ill & ~alarm).any() or (alarm & ~ill).any()
    assert metrics["expected_cost"] == pytest.approx(cost.mean())


def test_the_report_has_a_part_on_costs_and_a_test_adds_one(result: automl.Result, tmp_path: Path) -> None:
    result.report(test=people(200, 1), out=tmp_path / "page.html")

    report = report_from_json(json.loads((result.folder / "report.json").read_text()))
    sections = {item.key: item for item in report.sections}
    assert [figure.title for figure in sections["costs"].figures] == [
        "Cost against threshold",
        "Thresholds",
    ]
    assert "test_costs" in sections
    assert "saved" in sections["costs"].figures[1].columns
    assert "Cost against threshold" in (tmp_path / "page.html").read_text()
