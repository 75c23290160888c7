"""How the model of a job is scored on the test part, through the public commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from automl.core.errors import SearchError
from benchmarks.quality.cutting import Files
from benchmarks.quality.measures import class_scores, mase, value_scores

PROBABILITY = "probability_"
"""How the columns of ``automl predict`` that hold probabilities begin."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A job whose model is scored.

    Attributes:
        ask: runs ``automl`` with arguments and returns its standard output.
        job: the job folder.
        files: training and test part.
        target: target column of a table.
    """

    ask: Callable[..., str]
    job: Path
    files: Files
    target: str | None


Judge: TypeAlias = Callable[[Judged], dict[str, float]]


def by_predictions(judged: Judged) -> dict[str, float]:
    """Score the predictions of a table ourselves, so that every build is measured alike.

    Raises:
        SearchError: there is not one prediction for each row.
    """
    truth, train = (column(path, judged.target) for path in (judged.files.test, judged.files.train))
    found = _predictions(judged, judged.files.test)
    if len(found) != len(truth):
        raise SearchError(f"Expected {len(truth)} predictions, one for each test row, got {len(found)}.")
    shares = [name for name in found.columns if name.startswith(PROBABILITY)]
    if not shares:
        values = pd.to_numeric(found["prediction"]).to_numpy(np.float64)
        return value_scores(truth.astype(np.float64), values, float(train.astype(np.float64).mean()))
    classes = [name.removeprefix(PROBABILITY) for name in shares]
    return class_scores(truth, classes, found[shares].apply(pd.to_numeric).to_numpy(np.float64))


def by_evaluation(judged: Judged) -> dict[str, float]:
    """Take the metrics that ``automl evaluate`` tells."""
    told = json.loads(judged.ask("evaluate", str(judged.job), str(judged.files.test), "--json"))
    return {"rows": told["rows"], **told["metrics"]}


def by_forecasts(judged: Judged) -> dict[str, float]:
    """Forecast what follows each series of the training part, and score it series by series."""
    found = _predictions(judged, judged.files.train)
    history, truth = series_in(judged.files.train), series_in(judged.files.test)
    return {"mase": mase(history, truth, values_by_series(found))}


def series_in(path: Path) -> dict[str, np.ndarray]:
    """The values of each series of a file, see ``values_by_series``."""
    return values_by_series(pd.read_csv(path, dtype={"series": str}))


def values_by_series(long: pd.DataFrame) -> dict[str, np.ndarray]:
    """The column ``value`` of each series, in the order of the rows."""
    by_series = long.groupby("series", sort=False)["value"]
    return {str(name): rows.to_numpy(np.float64) for name, rows in by_series}


def column(path: Path, name: str | None) -> np.ndarray:
    """One column of a CSV as text ``(n,)``, as it stands there."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, usecols=[name])[name].str.strip().to_numpy()


def _predictions(judged: Judged, path: Path) -> pd.DataFrame:
    output = judged.job.parent / f"{judged.job.name}.csv"
    judged.ask("predict", str(judged.job), str(path), "--output", str(output))
    return pd.read_csv(output, dtype=str, keep_default_na=False)
