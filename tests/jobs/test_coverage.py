"""Intervals and sets of a job: kept with it, written by predict, measured by evaluate, in the report."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import automl
from automl.cli.app import application
from automl.core.errors import ConfigError, DataError
from automl.jobs.coverage import read_kept, write_kept
from automl.jobs.portable import PortableJob
from automl.tasks.conformal.kept import Kept
from automl.tracking.registration import save
from automl.tracking.tracker import ModelRecord
from tests.served import same, served

QUICK: dict[str, Any] = {
    "family": "linear",
    "folds": 1,
    "epochs": 12,
    "trials": 1,
    "settings": ("learning_rate=0.1", "batch_size=64"),
    "tracking": False,
    "verbose": 0,
}


def houses(rows: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rooms = random.uniform(1, 6, rows)
    place = random.choice(["town", "village"], rows)
    size = np.where(place == "town", 3.0, 1.0)
    price = 10 * rooms + size * random.normal(size=rows)
    return pd.DataFrame({"rooms": rooms, "place": place, "price": price})


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> automl.Result:
    """A job whose towns are less sure than its villages."""
    out = tmp_path_factory.mktemp("jobs") / "houses"
    return automl.search(
        houses(1000, 0),
        target="price",
        coverage="90%",
        coverage_by="place",
        protected="place",
        out=out,
        **QUICK,
    )


def test_predictions_have_the_ends_of_their_intervals(result: automl.Result) -> None:
    new = houses(600, 1)
    table = result.predict(new)

    held = (table["lower"] <= new["price"]) & (new["price"] <= table["upper"])
    width = table["upper"] - table["lower"]
    towns = new["place"] == "town"
    assert width[towns].mean() > 1.5 * width[~towns].mean()
    assert 0.84 < held[towns].mean() < 0.97
    assert 0.84 < held[~towns].mean() < 0.97


def test_a_server_tells_them_too(result: automl.Result) -> None:
    new = houses(5, 1)
    expected = result.predict(new)

    answer = served(result, {"rows": new.to_dict(orient="records")})["predictions"]

    assert same(answer, expected.to_dict(orient="records"))
    assert "upper" in answer[0]


@pytest.mark.filterwarnings("ignore:.*Any type hint")
def test_a_registered_model_and_a_copy_tell_them_too(result: automl.Result, tmp_path: Path) -> None:
    new = houses(5, 1)
    expected = result.predict(new)
    record = ModelRecord(folder=result.folder, example=new.drop(columns="price"), prediction=expected)

    registered = mlflow.pyfunc.load_model(str(save(record, tmp_path / "model"))).predict(
        new.drop(columns="price")
    )
    copied = copy.copy(PortableJob(result.folder))

    pd.testing.assert_frame_equal(registered, expected, rtol=1e-4)
    pd.testing.assert_frame_equal(copied.result.predict(new), expected, rtol=1e-4)


def test_another_coverage_can_be_asked_for_later_or_none(result: automl.Result) -> None:
    new = houses(50, 1)
    usual, less = result.predict(new), result.predict(new, coverage=0.5)

    assert ((less["upper"] - less["lower"]) < (usual["upper"] - usual["lower"])).all()
    assert list(result.predict(new, coverage=0)) == ["row", "prediction"]


def test_evaluate_measures_it_by_group(result: automl.Result) -> None:
    found = result.evaluate(houses(600, 1))["coverage"]

    assert found["asked"] == 0.9
    assert found["measured"] == pytest.approx(0.9, abs=0.05)
    assert {name: item["rows"] for name, item in found["groups"].items()}.keys() == {"town", "village"}
    assert found["size_is"] == "mean width"


def test_the_search_tells_what_it_measured_and_on_how_many_rows(result: automl.Result) -> None:
    facts = result.summary["coverage"]

    assert facts["rows"] == 200
    assert facts["measured"] == pytest.approx(0.9, abs=0.06)
    assert facts["by"] == "place"


def test_the_report_shows_it_and_so_does_a_test(result: automl.Result, tmp_path: Path) -> None:
    result.report(test=houses(300, 1), out=tmp_path / "page.html")

    report = json.loads((result.folder / "report.json").read_text())
    sections = {item["key"]: item for item in report["sections"]}
    titles = [figure["title"] for figure in sections["coverage"]["figures"]]
    assert titles == [
        "Coverage asked for and measured",
        "Coverage and what it costs",
        "Coverage at 0.9 by place",
    ]
    assert "test_coverage" in sections
    assert "How sure it is" in (tmp_path / "page.html").read_text()


def test_data_without_the_groups_is_refused_unless_no_coverage_is_wanted(result: automl.Result) -> None:
    kept = read_kept(result.folder / "coverage.npz")
    assert kept.by == "place"
    with pytest.raises(DataError, match="rows go by the column 'place'"):
        result.predict(houses(5, 1).drop(columns="place"))
    assert len(result.predict(houses(5, 1).drop(columns="place"), coverage=0)) == 5


def test_protected_groups_of_amounts_are_compared_by_their_metrics(result: automl.Result) -> None:
    new = houses(300, 1)

    groups = result.evaluate(new)["groups"]["place"]

    own = groups["groups"]["town"]["rmse"]
    assert own["low"] < own["value"] < own["high"]
    assert own["value"] > groups["groups"]["village"]["rmse"]["value"]
    assert not groups["differences"]
    with pytest.warns(automl.DataWarning, match="Groups are not compared: the data lacks 'place'"):
        result.evaluate(new.drop(columns="place"), coverage=0)


@pytest.mark.parametrize(
    ("coverage", "said"),
    [(0.999, "needs at least 1999 held-out rows, this job has 200"), (1.5, "above 0 and below 1")],
)
def test_what_cannot_be_promised_is_refused(result: automl.Result, coverage: float, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        result.predict(houses(5, 1), coverage=coverage)


def test_a_job_of_an_earlier_version_says_so(result: automl.Result, tmp_path: Path) -> None:
    old = automl.load(result.save(tmp_path / "old"))
    (old.folder / "coverage.npz").unlink()

    assert "lower" not in old.predict(houses(5, 1))
    with pytest.raises(ConfigError, match="an earlier version"):
        old.predict(houses(5, 1), coverage=0.9)


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "coverage.npz").write_bytes(b"PK no")

    with pytest.raises(ConfigError, match="cannot be read: it is damaged"):
        read_kept(tmp_path / "coverage.npz")


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    kept = Kept(
        scores=np.arange(6.0).reshape(3, 2),
        facts={"knots": np.ones((2, 2))},
        groups=np.array(["a", "b", "a"], object),
        by="town",
        coverage=0.8,
    )

    write_kept(tmp_path / "coverage.npz", kept)
    found = read_kept(tmp_path / "coverage.npz")

    np.testing.assert_array_equal(found.scores, kept.scores)
    np.testing.assert_array_equal(found.facts["knots"], kept.facts["knots"])
    assert found.groups is not None
    assert (found.groups.tolist(), found.by, found.coverage) == (["a", "b", "a"], "town", 0.8)


def test_classes_get_sets_in_their_own_type(wine_job: automl.Result, tmp_path: Path) -> None:
    run, csv, data = CliRunner(), tmp_path / "sets.csv", "sklearn:wine"
    command = ["predict", str(wine_job.folder), data, "--output"]
    assert run.invoke(application, [*command, str(csv)]).exit_code == 0
    assert "set" not in pd.read_csv(csv)
    arguments = [*command, str(csv.with_suffix(".json"))]
    assert run.invoke(application, [*arguments, "--coverage", "80%"]).exit_code == 0
    rows = json.loads(csv.with_suffix(".json").read_text())
    assert all(row["prediction"] == row["set"][0] for row in rows)
    told = run.invoke(application, ["evaluate", str(wine_job.folder), data, "--coverage", "0.8"])
    assert "coverage: " in told.output
    assert "classes in a set, on average: " in told.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"coverage": 0.9, "task": "multilabel", "target": ("a", "b")}, "multilabel task has neither"),
        ({"coverage_by": "nowhere", "target": "a"}, "nowhere"),
        ({"coverage": 90, "target": "a"}, "above 0 and below 1"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_trained(
    options: dict[str, Any], said: str, tmp_path: Path
) -> None:
    frame = pd.DataFrame({"a": [0, 1] * 20, "b": [1, 1, 0, 0] * 10, "x": range(40)})

    with pytest.raises(automl.InputError, match=said):
        automl.search(frame, out=tmp_path / "job", **{**QUICK, **options})
