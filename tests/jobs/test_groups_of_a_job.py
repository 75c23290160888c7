"""A job with protected groups: they are no features, are compared everywhere, and can be treated alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import automl
from automl.cli.app import application
from automl.core.errors import DataError
from automl.jobs.config import JobConfig
from automl.jobs.intake.protected import kept_by_trials

QUICK: dict[str, Any] = {
    "target": "loan",
    "family": "linear",
    "folds": 1,
    "epochs": 12,
    "trials": 1,
    "settings": ("learning_rate=0.1", "batch_size=64"),
    "tracking": False,
    "verbose": 0,
}
ODDS = "equalized_odds_difference"


def people(rows: int, seed: int) -> pd.DataFrame:
    """Those of group b get loans rarely; a third group is small."""
    random = np.random.default_rng(seed)
    group = random.choice(["a", "b", "c"], rows, p=[0.6, 0.38, 0.02])
    wealth = random.normal(size=rows) - 1.2 * (group == "b")
    loan = random.random(rows) < 1 / (1 + np.exp(-2 * wealth))
    return pd.DataFrame(
        {
            "wealth": wealth,
            "noise": random.normal(size=rows),
            "group": group,
            "loan": np.where(loan, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> automl.Result:
    """A job in which each group has a threshold of its own."""
    return automl.search(
        people(4000, 0),
        protected="group",
        constraint=f"{ODDS}<=0.08",
        mitigate=("reweighing", "thresholds"),
        out=tmp_path_factory.mktemp("jobs") / "loans",
        **QUICK,
    )


def test_the_column_is_no_feature_and_small_groups_are_merged_which_is_told(result: automl.Result) -> None:
    assert "group" not in result.model.input
    notes = " ".join(result.summary["notes"])
    assert "Protected columns are no features: group." in notes
    assert "fewer than 50 rows of each class count as 'all others': 'c'" in notes


def test_thresholds_of_groups_bring_them_together(result: automl.Result) -> None:
    decision = result.summary["decision"]

    assert decision["thresholds"]["b"] < decision["thresholds"]["a"]
    assert decision["after"] < decision["before"]
    assert not result.summary["warning"]


def test_answers_follow_from_the_threshold_of_the_group(result: automl.Result) -> None:
    new = people(400, 1)
    thresholds = result.summary["decision"]["thresholds"]
    table = result.predict(new)

    wanted = new["group"].map(thresholds).fillna(0.5).to_numpy()
    yes = table["probability_yes"] >= wanted
    known = new["group"].isin(["a", "b"]).to_numpy()
    assert ((table["prediction"] == "yes") == yes)[known].all()


def test_evaluate_compares_groups_with_intervals(result: automl.Result) -> None:
    new = people(3000, 1)
    scores = result.evaluate(new)
    labels = result.predict(new)["prediction"] == "yes"

    groups = scores["groups"]["group"]["groups"]
    own = (new["group"] == "b").to_numpy()
    rate = groups["b"]["selection_rate"]
    assert rate["value"] == pytest.approx(labels[own].mean())
    assert rate["low"] < rate["value"] < rate["high"]
    assert groups["b"]["rows"] == own.sum()
    assert list(groups) == ["a", "b", "all others"]
    assert scores["groups"]["group"]["differences"][ODDS]["value"] == pytest.approx(scores["metrics"][ODDS])
    assert scores["metrics"][ODDS] == pytest.approx(result.evaluate(new)["metrics"][ODDS])
    assert scores["metrics"]["accuracy"] == pytest.approx((labels == (new["loan"] == "yes")).mean())


def test_a_group_without_the_class_is_named_as_undefined(result: automl.Result, tmp_path: Path) -> None:
    new = people(600, 2)
    new = new[(new["group"] != "b") | (new["loan"] == "no")]
    file = tmp_path / "new.csv"
    new.to_csv(file, index=False)

    found = result.evaluate(new)["groups"]["group"]
    told = CliRunner().invoke(application, ["evaluate", str(result.folder), str(file)]).output

    assert found["groups"]["b"]["true_positive_rate"]["value"] is None
    assert "true_positive_rate is undefined where the group is b" in found["undefined"][0]
    assert "true_positive_rate undefined" in told


def test_the_report_shows_groups_and_so_does_a_test(result: automl.Result, tmp_path: Path) -> None:
    result.report(test=people(500, 1), out=tmp_path / "page.html")

    report = json.loads((result.folder / "report.json").read_text())
    sections = {item["key"]: item for item in report["sections"]}
    titles = [figure["title"] for figure in sections["groups"]["figures"]]
    assert titles[:2] == ["By group", "Differences by group"]
    assert "test_groups" in sections


def test_data_without_the_groups_is_refused_as_answers_need_them(result: automl.Result) -> None:
    with pytest.raises(DataError, match="thresholds of groups: the data needs 'group'"):
        result.predict(people(5, 1).drop(columns="group"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"constraint": f"{ODDS}<=0.05"}, "name the column that makes them"),
        ({"protected": "group", "mitigate": "thresholds"}, "expected the difference between groups"),
        ({"protected": "grup"}, "Did you mean 'group'"),
        ({"protected": "loan"}, "is the target"),
        ({"protected": "noise,group"}, "expected two to compare"),
        ({"mitigate": "thresholds"}, "name them by protected"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_trained(
    options: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(automl.InputError, match=said):
        automl.search(people(600, 0), out=tmp_path / "job", **{**QUICK, **options})


def test_a_constraint_alone_is_one_for_trials_and_thresholds_take_it_from_them() -> None:
    limits = (f"{ODDS}<=0.05", "parameters<=1e6")

    alone = JobConfig(protected=("group",), constraint=limits)
    both = JobConfig(protected=("group",), constraint=limits, mitigate=("thresholds",))

    assert kept_by_trials(alone) == limits
    assert kept_by_trials(both) == ("parameters<=1e6",)
