"""Members from outside go the whole way of a job, all of them together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl
from automl.core.members import Member, Winner

FEW = {"trials": 2, "epochs": 2, "tracking": False, "verbose": 0}


@pytest.fixture(scope="module")
def glyphs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Glyphs of 6x6 with up to three spots, and where these are."""
    random = np.random.default_rng(0)
    rows = []
    for number in range(60):
        places = random.choice(36, number % 4, replace=False)
        cells = np.zeros(36, int)
        cells[places] = 1
        text = "/".join("".join(map(str, line)) for line in cells.reshape(6, 6))
        rows.append((text, json.dumps([[int(at) // 6 / 6, int(at) % 6 / 6] for at in sorted(places)])))
    path = tmp_path_factory.mktemp("glyphs") / "glyphs.csv"
    pd.DataFrame(rows, columns=["glyph", "spots"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A price and whether it is paid, which follow from two numbers."""
    random = np.random.default_rng(0)
    size, age = random.uniform(20, 200, 120), random.uniform(0, 90, 120)
    frame = pd.DataFrame({"size": size, "age": age, "price": 3 * size - age})
    frame["sold"] = np.where(age < 40, "yes", "no")
    path = tmp_path_factory.mktemp("sales") / "sales.csv"
    frame.to_csv(path, index=False)
    return path


def test_a_kind_a_family_a_neck_and_ragged_targets_make_a_model(glyphs, tmp_path):
    result = automl.search(glyphs, target="spots", family="tower", out=tmp_path / "job", **FEW)

    table = result.predict(glyphs)
    assert [len(json.loads(cell)) <= 3 for cell in table["prediction"]] == [True] * 60
    assert result.evaluate(glyphs, told=lambda notes: None)["metrics"]["count_error"] >= 0
    told = result.summary["ensemble_score"]
    assert result.summary["exported_score"] == pytest.approx(told, rel=1e-3)
    assert result.summary["extensions"] == [{"package": "automl-toys", "version": "0.1"}]
    assert "place_weight" in result.best, "declared by the task alone"


def test_its_search_is_resumed(glyphs, tmp_path):
    automl.search(glyphs, target="spots", family="tower", out=tmp_path / "job", **FEW)

    result = automl.resume(tmp_path / "job", trials=3, verbose=0)

    assert result.summary["trials"] == 3


def test_a_joint_task_learns_two_targets_by_a_family_of_the_house(sales, tmp_path):
    result = automl.search(sales, target=("price", "sold"), family="mlp", out=tmp_path / "job", **FEW)

    table = result.predict(sales)
    assert result.summary["task"] == "sale"
    assert result.summary["metric"] == "val_sale_error"
    assert set(table["sold"]) <= {"yes", "no"}
    assert np.isfinite(table["price"]).all()


@pytest.mark.slow
def test_a_joint_task_can_have_two_members(sales, tmp_path, monkeypatch):
    winner = Winner(members=(Member(trial=0, weight=0.25), Member(trial=1, weight=0.75)))
    monkeypatch.setattr("automl.jobs.search.search.choose_winner", lambda *given: winner)

    result = automl.search(sales, target=("price", "sold"), family="mlp", out=tmp_path / "job", **FEW)

    assert len(result.members) == 2
    assert set(result.predict(sales)["sold"]) <= {"yes", "no"}
