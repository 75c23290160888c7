"""A search that is validated with care: repeated without each fold, with another seed, on fewer rows."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import automl
from automl.core.errors import ConfigError
from automl.data.source import open_source
from automl.jobs.config import JobConfig, config_from, read_config
from automl.jobs.folder import JobFolder
from automl.jobs.intake.intake import divide
from automl.jobs.search.nested import check_nested, search_folds

ROWS = 240


def frame(rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    """Two classes, told by the sum of two columns but for noise."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 2))
    told = x.sum(axis=1) + random.normal(size=rows) > 0
    return pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": np.where(told, "yes", "no")})


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """Three searches in one: without each of two folds, and over all rows."""
    return automl.search(
        frame(),
        target="y",
        family="linear",
        trials=2,
        epochs=2,
        folds=2,
        nested=True,
        time_limit=900,
        repeat_seeds=2,
        learning_curve=True,
        tracking=False,
        verbose=0,
        out=tmp_path_factory.mktemp("validated") / "job",
    )


def test_each_row_is_scored_once_by_a_search_that_never_looked_at_it(job):
    nested = job.summary["nested"]

    assert (nested["folds"], nested["of"], nested["rows"]) == (2, 2, ROWS)
    assert nested["score"]["low"] < nested["score"]["value"] < nested["score"]["high"]
    assert np.mean(nested["scores"]) == pytest.approx(nested["score"]["value"], abs=1e-3)


def test_a_search_without_a_fold_is_a_job_of_its_own_with_a_holdout(job):
    without = automl.load(job.folder / "nested" / "1")
    holdout = without.summary["holdout"]

    assert holdout["rows"] == ROWS // 2
    assert holdout["refitted"] is False
    promised, found = without.summary["ensemble_score"], holdout["score"]["value"]
    assert holdout["gap"]["value"] == pytest.approx(promised - found, abs=1e-6)
    assert read_config(without.folder / "job.yaml")["holdout"] == "1/2"


def test_the_score_on_a_holdout_is_that_of_the_exported_model(job):
    without = automl.load(job.folder / "nested" / "1")
    config = config_from(read_config(without.folder / "job.yaml"), where="job.yaml")
    kept = divide(config, open_source(frame())).holdout

    scored = without.evaluate(frame().iloc[kept.rows])

    assert (scored["rows"], scored["seen_rows"]) == (ROWS // 2, 0)
    assert scored["metrics"] == pytest.approx(without.summary["holdout"]["metrics"], rel=1e-4)


def test_a_report_shows_the_holdout(job):
    report = json.loads((job.folder / "nested" / "2" / "report.json").read_text())

    assert {item["part"] for item in report["scores"]} == {"out of fold", "holdout"}
    assert "holdout" in {item["key"] for item in report["sections"]}
    assert "rows that the search never looked at" in report["verdict"]


def test_seeds_and_rows_are_told_in_result_and_report(job):
    summary = job.summary
    report = json.loads((job.folder / "report.json").read_text())
    section = next(item for item in report["sections"] if item["key"] == "validation")

    assert len(summary["seeds"]) == 3
    assert [point["rows"] for point in summary["learning_curve"]] == [60, 120]
    assert summary["learning_curve"][-1]["score"] == pytest.approx(np.mean(summary["seeds"][1:]))
    assert "More rows" in [figure["title"] for figure in section["figures"]]
    assert {item["rival"] for item in summary["choice"]["differences"]} >= {"majority"}


def test_the_time_of_all_searches_is_kept_as_asked_for(job):
    times = [read_config(path / "job.yaml")["time"] for path in (job.folder, job.folder / "nested" / "1")]

    assert times[0] == 900.0
    assert 200.0 < times[1] <= 300.0


def test_a_complete_job_of_searches_is_left_as_it_is(job):
    before = (job.folder / "result.json").read_bytes()

    automl.resume(job.folder, data=frame(), verbose=0)

    assert (job.folder / "result.json").read_bytes() == before


def test_only_folds_that_are_missing_are_searched_each_with_its_share_of_the_time(job, tmp_path):
    config, notes, begun = JobConfig(folds=3, nested=True, time=80.0, name="x"), [], []
    folder = JobFolder(tmp_path)
    folder.nested(2).parent.mkdir()
    folder.nested(2).symlink_to(job.folder / "nested" / "2")

    search_folds(config, folder, lambda own, place: begun.append(own), notes.append, lambda: 80.0)

    assert [(own.holdout, own.time, own.nested) for own in begun] == [
        ("1/3", 20.0, False),
        ("3/3", 40.0, False),
    ]
    assert "made 4 times in all" in notes[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "say in how many folds"),
        ({"folds": 1}, "say in how many folds"),
        ({"folds": 5, "holdout": "0.1"}, "cannot be combined"),
    ],
)
def test_nested_needs_folds_and_is_its_own_holdout(options, message):
    with pytest.raises(ConfigError, match=message):
        JobConfig(nested=True, **options)


def test_machines_that_look_at_one_folder_cannot_repeat_a_search():
    with pytest.raises(ConfigError, match="executor pool or ray"):
        check_nested(JobConfig(nested=True, folds=3, executor="folder"))
