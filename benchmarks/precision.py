"""Exported model files against the leaderboard, on targets and features far from zero.

    python -m benchmarks.precision --data FOLDER

Twelve tables and series whose target (and a feature) is moved by 1e6 to 1e12 are searched with one
short trial each; the model file is then scored on the same validation file. Both scores are RMSE; their
difference is told as a share of the target's spread.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import automl

OFFSETS = (1e6, 1e9, 1e12)


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A data set moved away from zero: training and validation part, and how to search it."""

    name: str
    train: pd.DataFrame
    validation: pd.DataFrame
    target: str
    offset: float
    horizon: int | None = None


def main() -> None:
    """Search and score each, and print a row of it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.precision", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with tables/ and time_series_forecasting/"
    )
    data = parser.parse_args().data
    print("data              offset   leaderboard      exported   difference / spread")
    worst = 0.0
    for moved in (*_tables(data / "tables"), *_series(data / "time_series_forecasting")):
        worst = max(worst, compare(moved))
    print(f"largest difference: {worst:.1e} of the spread")


def compare(moved: Moved) -> float:
    """Return how far the model file is from the leaderboard, as a share of the target's spread."""
    with tempfile.TemporaryDirectory() as place:
        train, validation = Path(place) / "train.csv", Path(place) / "validation.csv"
        moved.train.to_csv(train, index=False)
        moved.validation.to_csv(validation, index=False)
        result = automl.search(
            train,
            target=moved.target,
            validation=str(validation),
            horizon=moved.horizon,
            lookback=None if moved.horizon is None else 12,
            metric="rmse",
            trials=1,
            epochs=10,
            tracking=False,
            verbose=0,
            out=f"{place}/job",
        )
        told, exported = result.best_score, result.evaluate(validation)["metrics"]["rmse"]
    spread = float(moved.validation[moved.target].std())
    difference = abs(exported - told) / spread
    row = f"{told:>14.8g}{exported:>14.8g}{difference:>12.1e}"
    print(f"{moved.name:<18}{moved.offset:<7.0e}{row}", flush=True)
    return difference


def _tables(folder: Path) -> list[Moved]:
    """Nine regressions; the first column of numbers moves with the target."""
    facts = [
        item for item in json.loads((folder / "index.json").read_text()) if item["task"] == "regression"
    ]
    smallest = sorted(facts, key=lambda item: item["rows_train"])[:9]
    return [_table(folder, item, OFFSETS[place % 3]) for place, item in enumerate(smallest)]


def _table(folder: Path, item: dict[str, str], offset: float) -> Moved:
    target = item["target"].strip()
    parts = [pd.read_csv(folder / item[part]).rename(columns=str.strip) for part in ("train", "test")]
    parts = [part[part[target].notna()] for part in parts]
    moved = [target, next(n for n in parts[0].select_dtypes("number").columns if n != target)]
    scale = 100 / parts[0][moved].std()  # 1e12 leaves float64 four digits behind the point
    for part in parts:
        part[moved] = part[moved] * scale + offset
    return Moved(name=item["name"], train=parts[0], validation=parts[1], target=target, offset=offset)


def _series(folder: Path) -> list[Moved]:
    """Two columns of hourly loads and the air passengers, a third of them."""
    hourly = pd.read_csv(folder / "etth1" / "ETTh1.csv", usecols=["date", "OT", "HUFL"]).iloc[:3000]
    months = pd.read_csv(folder / "airline_passengers" / "airline-passengers.csv").iloc[:144]
    kinds = (("etth1", hourly, "OT"), ("etth1 load", hourly, "HUFL"), ("passengers", months, "Passengers"))
    made = []
    for (name, frame, target), offset in zip(kinds, OFFSETS, strict=True):
        whole = frame[[frame.columns[0], target]].copy()
        whole[target] = whole[target].astype(np.float64) + offset
        cut = len(whole) * 2 // 3
        part = whole.iloc[:cut], whole.iloc[cut:]
        made.append(
            Moved(name=name, train=part[0], validation=part[1], target=target, offset=offset, horizon=4)
        )
    return made


if __name__ == "__main__":
    main()
