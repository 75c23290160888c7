"""A data folder made up for the benchmark of quality."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def data(tmp_path):
    """Two tables with recorded peers, laid out as the real ones."""
    tables = tmp_path / "data" / "tables"
    for name, target in (("rain", ["no", "yes"] * 20), ("price", [str(value) for value in range(40)])):
        (tables / name).mkdir(parents=True)
        frame = pd.DataFrame({"x": np.arange(40), "kept id": np.arange(40), "target ": target})
        frame[:30].to_csv(tables / name / "train.csv", index=False)
        frame[30:].to_csv(tables / name / "test.csv", index=False)
    rows = [
        {"name": "rain", "task": "binary", "drop": ["id that was cut out", "kept id"]},
        {"name": "price", "task": "regression", "drop": []},
    ]
    parts = [{part: f"{row['name']}/{part}.csv" for part in ("train", "test")} for row in rows]
    index = [{**row, **part, "target": "target "} for row, part in zip(rows, parts, strict=True)]
    (tables / "index.json").write_text(json.dumps(index))
    peers = {
        "rain": {"linear": {"logloss": 0.5, "auc": 0.7}, "catboost": {"logloss": 0.4, "auc": 0.8}},
        "price": {"linear": {"nrmse": 0.2}, "mlp": {"nrmse": 0.4}, "catboost": {"nrmse": 0.5}},
    }
    (tables / "results.json").write_text(json.dumps(peers))
    return tmp_path / "data"
