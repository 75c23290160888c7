"""Anomaly detection from a table: without labels, with a few, from raw rows again, and refused in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl
from automl.core.errors import InputError
from automl.data.source import open_source
from automl.jobs.config import JobConfig
from automl.jobs.intake.intake import divide


def machines(rows: int, seed: int, odd: int) -> pd.DataFrame:
    """Two numbers that go together and a word that goes with them; odd rows break that."""
    random = np.random.default_rng(seed)
    load = random.normal(size=rows)
    heat = load + 0.1 * random.normal(size=rows)
    heat[:odd] = -heat[:odd] + np.sign(heat[:odd]) * -0.5
    state = np.where(load > 0, "high", "low")
    fault = np.array(["yes"] * odd + ["no"] * (rows - odd), dtype=object)
    order = random.permutation(rows)
    return pd.DataFrame({"load": load, "heat": heat, "state": state, "fault": fault}).iloc[order]


def search(table: pd.DataFrame, out: Path, **options: object) -> automl.Result:
    small = {
        "settings": ("width=32", "code=8", "groups=2", "learning_rate=1e-2"),
        "trials": 1,
        "epochs": 15,
    }
    return automl.search(
        table, task="anomaly", folds=1, tracking=False, verbose=0, out=out, **{**small, **options}
    )


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> automl.Result:
    return search(machines(400, 0, 20), tmp_path_factory.mktemp("jobs") / "job", target="fault")


def test_labels_judge_and_rows_that_break_the_pattern_score_high(result: automl.Result) -> None:
    new = machines(200, 1, 10)

    metrics = result.evaluate(new)["metrics"]
    scores = result.predict(new.drop(columns="fault"))["anomaly_score"]

    assert result.summary["metric"] == "val_pr_auc"
    assert metrics["roc_auc"] > 0.9
    assert metrics["roc_auc"] > result.summary["baselines"]["chance"]["val_pr_auc"]
    assert scores[new["fault"] == "yes"].median() > scores[new["fault"] == "no"].quantile(0.9)


def test_the_exported_model_scores_raw_rows(result: automl.Result) -> None:
    outputs = result.outputs(machines(20, 2, 2))

    assert outputs.shape == (20, 1)
    assert "Scores" in (result.folder / "report.html").read_text()


def test_no_label_is_needed() -> None:
    table = machines(200, 0, 0).drop(columns="fault")

    divided = divide(JobConfig(task="anomaly"), open_source(table))

    assert len(divided.reading.dataset.examples) == 200
    assert [item.label for item in divided.objectives] == ["val_surprise"]
    assert any("no anomaly is labelled" in note for note in divided.notes)
    assert "not labelled" in divided.story()


def test_without_labels_the_exported_model_is_compared_with_the_trained_one(tmp_path: Path) -> None:
    result = search(machines(80, 0, 0).drop(columns="fault"), tmp_path / "job", epochs=1)

    assert result.summary["exported_error"] == ""


def test_more_than_two_classes_are_refused(tmp_path: Path) -> None:
    table = machines(60, 0, 5).assign(fault=["a", "b", "c"] * 20)

    with pytest.raises(InputError, match="at most two classes in 'fault'"):
        search(table, tmp_path / "job", target="fault")


def test_texts_are_refused(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"review": [f"a long text about the thing number {row} and more" for row in range(60)]}
    )

    with pytest.raises(InputError, match="anomaly detection"):
        search(table, tmp_path / "job", modality="text", settings=())
