"""Small tables in files that are read as large ones are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from automl.data.source import Sampling, Source, open_source


def frame(rows: int = 3000, seed: int = 0) -> pd.DataFrame:
    """Numbers with gaps, categories, dates, codes with leading zeros, and two classes."""
    random = np.random.default_rng(seed)
    amount = random.normal(size=rows).round(3)
    words = np.array(["red", "green", "blue, dark"])[random.integers(0, 3, rows)]
    return pd.DataFrame(
        {
            "amount": np.where(random.random(rows) < 0.1, np.nan, amount),
            "count": random.integers(0, 50, rows),
            "word": words,
            "code": [f"{number:05}" for number in random.integers(0, 40, rows)],
            "day": pd.date_range("2020-01-01", periods=rows, freq="h").strftime("%Y-%m-%d"),
            "target": np.where(amount + (words == "red") + random.normal(size=rows) > 0, "yes", "no"),
        }
    )


def written(table: pd.DataFrame, path: Path) -> Path:
    """The table in a file by its suffix."""
    table.to_parquet(path, index=False) if path.suffix == ".parquet" else table.to_csv(path, index=False)
    return path


def sampled(path: Path, rows: int, *watched: str) -> Source:
    """A file that is read as a large one."""
    return replace(open_source(path), sampling=Sampling(rows=rows, watched=watched))
