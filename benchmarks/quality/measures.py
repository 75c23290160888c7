"""Scores, the same for every build and peer.

Symbols: n rows, k classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.quality.cutting import SEASON

SMALLEST = 1e-7
"""Probabilities are cut there, as those of the recorded peers were."""

BINS = 15


def class_scores(truth: np.ndarray, classes: Sequence[str], p: np.ndarray) -> dict[str, float]:
    """Score class probabilities.

    Args:
        truth: names of the true classes ``(n,)``; the probability of one not in ``classes`` is 0.
        classes: names ``(k,)``.
        p: probabilities ``(n, k)`` float64.

    Returns:
        ``log_loss`` in nats, ``accuracy``, ``roc_auc`` (of more than two classes the mean of one against
        the rest over those that have both sides), ``ece``.
    """
    p = p / p.sum(axis=1, keepdims=True)
    places = {name.strip(): place for place, name in enumerate(classes)}
    codes = np.array([places.get(str(name), -1) for name in truth])
    hit = np.where(codes >= 0, p[np.arange(len(p)), codes], 0.0)
    right = p.argmax(axis=1) == codes
    return {
        "log_loss": float(-np.log(np.clip(hit, SMALLEST, 1 - SMALLEST)).mean()),
        "accuracy": float(right.mean()),
        "roc_auc": _area(codes, p),
        "ece": calibration_error(p.max(axis=1), right),
    }


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error of the predicted class in bins of equal width (Guo et al., 2017).

    Args:
        confidence: probability of the predicted class ``(n,)``.
        right: whether it is the true one ``(n,)`` bool.
    """
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=right - confidence, minlength=BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def value_scores(truth: np.ndarray, values: np.ndarray, constant: float) -> dict[str, float]:
    """Score predicted values ``(n,)``.

    Args:
        truth: true values ``(n,)`` float64.
        values: predicted ones.
        constant: mean of the training part.

    Returns:
        ``rmse``, and ``relative_rmse``: divided by that of the constant.
    """
    rmse, worst = (float(np.sqrt(np.mean((truth - guess) ** 2))) for guess in (values, constant))
    return {"rmse": rmse, "relative_rmse": rmse / worst}


def mase(
    history: Mapping[str, np.ndarray], truth: Mapping[str, np.ndarray], forecasts: Mapping[str, np.ndarray]
) -> float:
    """Mean over series of the absolute error over that of the seasonal naive forecast of the history.

    As in the M4 competition (Makridakis et al., 2020). A series without a forecast, or one that stood
    still, raises.

    Args:
        history: training values ``(steps,)`` of each series.
        truth: the values that follow ``(ahead,)``.
        forecasts: predicted ones ``(ahead,)``.
    """
    ratios = []
    for name, values in truth.items():
        scale = np.abs(history[name][SEASON:] - history[name][:-SEASON]).mean()
        if scale == 0:
            raise ValueError(f"The series {name!r} stands still; its errors have no scale.")
        ratios.append(np.abs(values - forecasts[name]).mean() / scale)
    return float(np.mean(ratios))


def _area(codes: np.ndarray, p: np.ndarray) -> float:
    from sklearn.metrics import roc_auc_score

    k = p.shape[1]
    columns = [1] if k == 2 else range(k)
    known = [code for code in columns if 0 < (codes == code).sum() < len(codes)]
    areas = [roc_auc_score(codes == code, p[:, code]) for code in known]
    return float(np.mean(areas)) if areas else float("nan")
