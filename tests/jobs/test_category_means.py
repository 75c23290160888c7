"""A search with means of targets by category: nothing leaks, and the exported model holds what it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

import automl
from automl.data.raw_model import predict_batch

SPACES = Path(__file__).parents[2] / "search_spaces" / "tabular"
ROWS, LEVELS = 400, 80
QUICK = {
    "target": "y",
    "trials": 1,
    "epochs": 12,
    "folds": 2,
    "tracking": False,
    "verbose": 0,
    "space": SPACES / "linear.yaml",
    "family": "linear",
    # the codes themselves say nothing here
    "settings": ("category_means=beside", "learning_rate=0.1", "one_hot_limit=30", "category_size=1"),
}


def table(seed: int = 0) -> pd.DataFrame:
    """Each id has five rows, whose targets have nothing to do with each other; towns differ."""
    random = np.random.default_rng(seed)
    ids = random.permutation(np.repeat(np.arange(LEVELS), ROWS // LEVELS))
    towns = random.integers(0, 40, ROWS)
    often = np.random.default_rng(7).uniform(0.05, 0.95, 40)[towns]
    return pd.DataFrame(
        {
            "id": [f"id{number}" for number in ids],
            "town": [f"town{number}" for number in towns],
            "chance": np.where(random.uniform(size=ROWS) < 0.5, "yes", "no"),
            "likely": np.where(random.uniform(size=ROWS) < often, "yes", "no"),
        }
    )


def search(folder: Path, feature: str, target: str, **options: Any) -> automl.Result:
    data = table()[[feature, target]].rename(columns={target: "y"})
    return automl.search(data, out=folder, **{**QUICK, **options})


@pytest.fixture(scope="module", params=["tensorflow", "jax"])
def job(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> automl.Result:
    return search(tmp_path_factory.mktemp("ids") / "job", "id", "chance", backend=request.param)


def test_ids_with_a_random_target_are_worth_nothing_out_of_fold(job: automl.Result) -> None:
    assert job.best["category_means"] == "beside"
    assert job.summary["ensemble_metrics"]["roc_auc"] == pytest.approx(0.5, abs=0.09)


def test_the_exported_model_answers_as_the_networks_that_were_trained(job: automl.Result) -> None:
    assert job.summary["exported_error"] == ""

    new = table(seed=1)[["id"]]
    again = keras.models.load_model(job.folder / "model.keras", safe_mode=True)

    wanted = job.predict(new)["probability_yes"]
    found = predict_batch(again, {"id": new["id"].to_numpy(object)})
    np.testing.assert_allclose(np.asarray(found)[:, 1], wanted, atol=1e-5)


def test_categories_that_say_something_are_used(tmp_path: Path) -> None:
    job = search(tmp_path / "job", "town", "likely")

    assert job.summary["ensemble_metrics"]["roc_auc"] > 0.7
    assert job.evaluate(table(seed=2).rename(columns={"likely": "y"}))["metrics"]["roc_auc"] > 0.7
