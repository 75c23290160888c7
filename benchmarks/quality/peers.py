"""Peers that are measured side by side, on the same parts as the searches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.quality.cutting import SEASON, STEPS, Files
from benchmarks.quality.judging import series_in
from benchmarks.quality.measures import class_scores, mase
from benchmarks.quality.sets import QualitySet
from benchmarks.quality.trees import catboost, lightgbm

WINDOW = 168
"""Hours that the linear forecast sees: a week."""

SHIFT = 5
"""Steps from one of its training windows to the next."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """Who is measured beside the searches.

    Attributes:
        measure: returns scores on the test part, given a set, its parts and a seed.
        fits: whether it can do a set.
        default: whether it is measured unless others are asked for.
    """

    measure: Callable[[QualitySet, Files, int], dict[str, float]]
    fits: Callable[[QualitySet], bool]
    default: bool = True


def tf_idf(item: QualitySet, files: Files, seed: int) -> dict[str, float]:
    """Logistic regression on TF-IDF of words and pairs of words; its strength is cross-validated."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.pipeline import make_pipeline

    place = int(str(item.target).removeprefix("c"))
    (texts, labels), (unseen, truth) = (_texts(path, place) for path in (files.train, files.test))
    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)),
        LogisticRegressionCV(
            Cs=[1, 10, 100],
            cv=3,
            scoring="neg_log_loss",
            max_iter=300,
            random_state=seed,
            l1_ratios=(0,),
            use_legacy_attributes=False,
        ),
    ).fit(texts, labels)
    return class_scores(truth, list(model.classes_), model.predict_proba(unseen))


def seasonal_naive(item: QualitySet, files: Files, seed: int) -> dict[str, float]:
    """The last day again."""
    return _forecast(files, _last_day)


def ridge(item: QualitySet, files: Files, seed: int) -> dict[str, float]:
    """One closed-form linear map from the last week to all steps, for all series.

    Each window is counted from its last value, in units of the series' seasonal naive error. The strength
    is chosen on the last steps of the training part.
    """
    return _forecast(files, _ridge_forecasts)


PEERS: Mapping[str, Peer] = {
    "lightgbm": Peer(measure=lightgbm, fits=lambda item: item.task != "", default=False),
    "catboost": Peer(measure=catboost, fits=lambda item: item.task != "", default=False),
    "tf-idf": Peer(measure=tf_idf, fits=lambda item: item.group == "text"),
    "seasonal naive": Peer(measure=seasonal_naive, fits=lambda item: item.measure == "mase"),
    "ridge": Peer(measure=ridge, fits=lambda item: item.measure == "mase"),
}


def _texts(path: Path, place: int) -> tuple[list[str], np.ndarray]:
    """All columns but that of the label, joined; cells of a TSV are taken as they stand."""
    as_it_stands = {"sep": "\t", "quoting": 3} if path.suffix == ".tsv" else {}
    cells = pd.read_csv(path, header=None, dtype=str, keep_default_na=False, **as_it_stands)
    texts = [" ".join(row) for row in cells.drop(columns=place).to_numpy()]
    return texts, cells[place].str.strip().to_numpy()


def _forecast(
    files: Files, forecasts: Callable[[Mapping[str, np.ndarray]], Mapping[str, np.ndarray]]
) -> dict[str, float]:
    history, truth = series_in(files.train), series_in(files.test)
    return {"mase": mase(history, truth, forecasts(history))}


def _last_day(history: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.resize(values[-SEASON:], STEPS) for name, values in history.items()}


def _ridge_forecasts(history: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    earlier = {name: values[:-STEPS] for name, values in history.items()}
    held = {name: values[-STEPS:] for name, values in history.items()}
    strengths = {}
    for strength in (1.0, 10.0, 100.0, 1000.0):
        strengths[strength] = mase(earlier, held, _applied(_fitted(earlier, strength), earlier))
    best = min(strengths, key=strengths.__getitem__)
    return _applied(_fitted(history, best), history)


def _fitted(history: Mapping[str, np.ndarray], strength: float) -> np.ndarray:
    """Weights ``(WINDOW, STEPS)``."""
    gram, moment = strength * np.eye(WINDOW), np.zeros((WINDOW, STEPS))
    for values in history.values():
        windows = np.lib.stride_tricks.sliding_window_view(values, WINDOW + STEPS)[::SHIFT]
        moved = (windows - windows[:, WINDOW - 1 : WINDOW]) / _scale(values)
        gram += moved[:, :WINDOW].T @ moved[:, :WINDOW]
        moment += moved[:, :WINDOW].T @ moved[:, WINDOW:]
    return np.linalg.solve(gram, moment)


def _applied(weights: np.ndarray, history: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {
        name: values[-1] + (values[-WINDOW:] - values[-1]) @ weights for name, values in history.items()
    }


def _scale(values: np.ndarray) -> float:
    return float(np.abs(values[SEASON:] - values[:-SEASON]).mean())
