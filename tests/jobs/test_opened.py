"""A large table is predicted and scored part by part, with the answers and scores of reading it at once."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from sklearn.datasets import load_wine

from automl.cli.app import run
from automl.data.large import again, text_file


@pytest.fixture
def table(tmp_path):
    wine = load_wine(as_frame=True)
    frame = wine.data.assign(target=wine.target_names[wine.target])
    rows = pd.concat([frame, frame.sample(frac=1, random_state=0)]).astype({"magnesium": object})
    rows.iloc[300, list(frame).index("magnesium")] = "much"
    rows.to_csv(tmp_path / "rows.csv", index=False)
    return tmp_path / "rows.csv"


@pytest.fixture
def in_parts(monkeypatch):
    monkeypatch.setattr(again, "LARGE", 1 << 12)
    monkeypatch.setattr(text_file, "BLOCK", 1 << 13)


def told_and_written(wine_job, table, capsys):
    assert run(["predict", str(wine_job.folder), str(table), "--output", "-"]) == 0
    return capsys.readouterr()


def test_predictions_of_parts_are_those_of_the_whole(wine_job, table, capsys, request):
    whole = told_and_written(wine_job, table, capsys)

    request.getfixturevalue("in_parts")
    sizes = [len(part) for part in wine_job.predict_parts(table, told=lambda notes: None)]
    parts = told_and_written(wine_job, table, capsys)

    assert len(sizes) > 2
    pd.testing.assert_frame_equal(
        pd.read_csv(io.StringIO(parts.out)), pd.read_csv(io.StringIO(whole.out)), rtol=1e-4
    )
    assert parts.err == whole.err
    assert "Column 'magnesium': 1 of 356 cells" in parts.err


def test_scores_of_parts_are_those_of_the_whole(wine_job, table, request):
    told: list[str] = []
    whole = wine_job.evaluate(table, told=told.extend)

    request.getfixturevalue("in_parts")
    parts = wine_job.evaluate(table, told=told.extend)

    assert parts.pop("metrics") == pytest.approx(whole.pop("metrics"), rel=1e-4)
    assert sorted(parts.pop("notes")) == sorted(whole.pop("notes"))
    assert parts == whole


def test_labels_that_training_does_not_have_count_over_all_parts(wine_job, table, request):
    rows = pd.read_csv(table)
    rows.loc[:20, "target"] = "class_9"
    rows.to_csv(table, index=False)

    request.getfixturevalue("in_parts")
    scores = wine_job.evaluate(table, told=lambda notes: None)

    assert scores["rows"] == 335
    assert any("'class_9' (21 rows); 21 of 356 rows" in note for note in scores["notes"])
