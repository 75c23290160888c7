"""Forecast the next day of an hourly load.

python examples/forecast.py --trials 4
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

import automl


def load(days: int) -> pd.DataFrame:
    """Return a synthetic hourly load with daily and weekly cycles."""
    hours = np.arange(days * 24)
    rhythm = 10 + 3 * np.sin(2 * np.pi * hours / 24) + np.sin(2 * np.pi * hours / 168)
    noise = np.random.default_rng(0).normal(scale=0.3, size=len(hours))
    return pd.DataFrame(
        {"hour": pd.date_range("2026-01-01", periods=len(hours), freq="h"), "load": rhythm + noise}
    )


def main() -> None:
    """Search for the best forecaster and forecast the next day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()

    history = load(60)
    result = automl.search(
        history,
        target="load",
        time_column="hour",
        horizon=24,
        lookback=48,
        trials=options.trials,
        epochs=options.epochs,
    )

    print(result.leaderboard[["trial", "name", "val_mse_scaled"]])
    print(result.predict(history).head())


if __name__ == "__main__":
    main()
