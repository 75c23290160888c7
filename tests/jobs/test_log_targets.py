"""A job that learns logarithms: searched in folds, exported, answered in the unit of the target."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import automl


def test_logarithms_are_searched_in_folds_and_exported_in_the_unit_of_the_target(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=80), "b": random.choice(["x", "y"], 80)})
    table["y"] = np.exp(2 * table["a"] + random.normal(scale=0.2, size=80))

    result = automl.search(
        table,
        target="y",
        family=("realmlp",),
        settings=("target_curve=log", "width=64", "bins=8"),
        epochs=16,
        trials=1,
        tracking=False,
        verbose=0,
        out=tmp_path / "job",
    )

    predictions = result.predict(table)["prediction"]
    assert predictions.between(table["y"].min(), table["y"].max()).all()
    assert np.corrcoef(np.log(predictions), np.log(table["y"]))[0, 1] > 0.5
    assert result.summary["baselines"]["mean"]["val_rmse"] > 0
