"""Every metric by name: its direction, the tasks it fits, and the functions that compute it.

Light at import, so that a wrong metric is refused before anything heavy is loaded; numpy comes with
the functions. They are written in numpy because each epoch of each trial calls them: 6,500 rows of two
classes take a few milliseconds. The definitions are those of scikit-learn.

Symbols: n rows, k classes or targets; ``y`` true values, ``p`` predictions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError, suggest
from automl.core.specs import COSTS, Direction, Objective, TaskKind

if TYPE_CHECKING:
    import numpy as np

_CLASSES = ("accuracy", "balanced_accuracy", "f1_macro", "roc_auc", "pr_auc", "log_loss")

TASK_METRICS: Mapping[TaskKind, tuple[str, ...]] = {
    "binary": _CLASSES,
    "multiclass": _CLASSES,
    "multilabel": ("f1_macro", "accuracy", "balanced_accuracy", "roc_auc", "pr_auc", "log_loss"),
    "regression": ("rmse", "mae", "r2"),
    "forecasting": ("mse_scaled", "mae_scaled", "mse", "mae", "rmse", "smape", "mase"),
}
"""Metrics of each kind of task; the first is its default objective."""

_LARGER_IS_BETTER = {"accuracy", "balanced_accuracy", "f1_macro", "roc_auc", "pr_auc", "r2"}

DIRECTIONS: Mapping[str, Direction] = {
    name: "maximize" if name in _LARGER_IS_BETTER else "minimize"
    for name in (*dict.fromkeys(metric for names in TASK_METRICS.values() for metric in names), *COSTS)
}
"""Direction of every metric and cost."""

_SPELLINGS: Mapping[str, Direction] = {
    "min": "minimize",
    "minimize": "minimize",
    "max": "maximize",
    "maximize": "maximize",
}
_SMALLEST_PROBABILITY = 1.2e-7  # resolution of float32, as in scikit-learn's log_loss


TIE_BREAKERS = ("log_loss", "mse_scaled", "mse", "rmse", "mae")
"""Losses, the first of which that a task has decides between equal scores; smaller is better."""


def tie_breaker(metrics: Mapping[str, float], prefix: str = "") -> float:
    """Return the loss that decides between equal scores, 0 when there is none among the metrics.

    Args:
        metrics: values by name.
        prefix: what the names begin with.
    """
    return next((metrics[prefix + name] for name in TIE_BREAKERS if prefix + name in metrics), 0.0)


def parse_objective(text: str) -> Objective:
    """Read an objective as users write it: ``val_accuracy``, ``accuracy``, ``parameters:min``.

    Raises:
        ConfigError: no such metric, or a direction that contradicts the metric's own.
    """
    written, _, spelling = text.strip().partition(":")
    name = written.removeprefix("val_")
    if name not in DIRECTIONS or (name in COSTS and written != name):
        raise ConfigError(f"Unknown metric {written!r}. {suggest(name, DIRECTIONS)}")
    direction = DIRECTIONS[name]
    if spelling and spelling not in _SPELLINGS:
        raise ConfigError(f"Metric {text!r}: expected ':min' or ':max' after the name, got ':{spelling}'.")
    if spelling and _SPELLINGS[spelling] != direction:
        raise ConfigError(
            f"Metric {text!r}: {name} is better when {'larger' if direction == 'maximize' else 'smaller'}; "
            f"write '{name}' or '{name}:{direction[:3]}'."
        )
    return Objective(name=name, direction=direction)


def check_objective(objective: Objective, kind: TaskKind) -> None:
    """Raise ConfigError unless the objective is a cost or a metric of that kind of task."""
    fitting = (*TASK_METRICS[kind], *COSTS)
    if objective.name not in fitting:
        raise ConfigError(
            f"Metric {objective.name!r} does not fit a {kind} task; it has: {', '.join(fitting)}."
        )


def default_objective(kind: TaskKind) -> Objective:
    """Return what a search optimises when nothing is asked for."""
    return parse_objective(TASK_METRICS[kind][0])


def classification_scores(onehot: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Score class probabilities.

    Of two classes ``roc_auc`` and ``pr_auc`` are those of the second; of more they are the mean of one
    against the rest over the classes that have both sides in ``onehot``.

    Args:
        onehot: true classes ``(n, k)``.
        probabilities: ``(n, k)``, rows sum to 1.

    Returns:
        Every metric of ``TASK_METRICS["multiclass"]``; all NaN when a prediction is not finite.
    """
    import numpy as np

    if not _usable(probabilities):
        return _nothing("multiclass")
    p = np.asarray(probabilities, dtype=np.float64)
    truth, guess = onehot.argmax(axis=1), p.argmax(axis=1)
    confusion = np.bincount(truth * p.shape[1] + guess, minlength=p.shape[1] ** 2).reshape(p.shape[1], -1)
    columns = [1] if p.shape[1] == 2 else list(range(p.shape[1]))
    roc, precision = ranking_areas(truth[:, None] == np.array(columns), p[:, columns])
    hit = p[np.arange(len(p)), truth]
    return {
        "accuracy": float((truth == guess).mean()),
        "balanced_accuracy": _balanced_accuracy(confusion),
        "f1_macro": _f1_macro(confusion),
        "roc_auc": _mean(list(roc)),
        "pr_auc": _mean(list(precision)),
        "log_loss": float(-np.log(np.clip(hit, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)).mean()),
    }


def multilabel_scores(y: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Score independent yes/no probabilities.

    ``accuracy`` counts rows of which every label is right; the others are means over the labels, of
    which those without both sides in ``y`` are left out of ``roc_auc`` and ``pr_auc``.

    Args:
        y: 0 and 1 ``(n, k)``.
        probabilities: ``(n, k)``.

    Returns:
        Every metric of ``TASK_METRICS["multilabel"]``; all NaN when a prediction is not finite.
    """
    import numpy as np

    if not _usable(probabilities):
        return _nothing("multilabel")
    truth, p = y > 0.5, np.asarray(probabilities, dtype=np.float64)
    guess = p > 0.5
    roc, precision = ranking_areas(truth, p)
    tables = [
        np.bincount(truth[:, column] * 2 + guess[:, column], minlength=4).reshape(2, 2)
        for column in range(p.shape[1])
    ]
    bounded = np.clip(p, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)
    return {
        "f1_macro": _mean([_f1(table)[1] for table in tables]),
        "accuracy": float((truth == guess).all(axis=1).mean()),
        "balanced_accuracy": _mean([_balanced_accuracy(table) for table in tables]),
        "roc_auc": _mean(list(roc)),
        "pr_auc": _mean(list(precision)),
        "log_loss": float(-np.log(np.where(truth, bounded, 1 - bounded)).mean()),
    }


def regression_scores(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    """Score predicted numbers ``(n, k)`` in the unit of the target; each metric is a mean over targets.

    Returns:
        Every metric of ``TASK_METRICS["regression"]``; all NaN when a prediction is not finite.
    """
    import numpy as np

    if not _usable(p):
        return _nothing("regression")
    truth = np.asarray(y, dtype=np.float64)
    error = np.asarray(p, dtype=np.float64) - truth
    squared = (error**2).mean(axis=0)
    variance = truth.var(axis=0)
    perfect = np.where(squared == 0, 1.0, 0.0)
    r2 = np.where(variance > 0, 1 - squared / np.where(variance > 0, variance, 1), perfect)
    return {
        "rmse": float(np.sqrt(squared).mean()),
        "mae": float(np.abs(error).mean()),
        "r2": float(r2.mean()) if len(truth) > 1 else float("nan"),
    }


def ranking_areas(positive: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Areas under the ROC curve and under the precision-recall curve, of every column at once.

    The first is the share of (positive, negative) pairs in right order, ties half; the second average
    precision: precision at each threshold, weighted by the rise of recall.

    Args:
        positive: bool ``(n, k)``.
        score: larger means more likely positive ``(n, k)``.

    Returns:
        Both areas ``(k,)``, NaN where a column has no positive or no negative.
    """
    import numpy as np

    # a column lies in one piece here, which saves a third of the time; equal scores in any order
    positive, score = np.ascontiguousarray(positive.T), np.ascontiguousarray(score.T)
    order = np.argsort(score, axis=1)
    hit, ranked = np.take_along_axis(positive, order, axis=1), np.take_along_axis(score, order, axis=1)
    first, last = _tied(ranked)
    positives = positive.sum(axis=1)
    negatives = positive.shape[1] - positives
    defined = (positives > 0) & (negatives > 0)
    above = (hit * ((first + last) / 2 + 1)).sum(axis=1) - positives * (positives + 1) / 2
    # from the top: at the threshold of a row, everything from the first of its ties on is taken
    taken = score.shape[1] - first
    before = np.take_along_axis(np.cumsum(hit, axis=1) - hit, first, axis=1)
    found = positives[:, None] - before
    nowhere = np.full(len(defined), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        roc = np.where(defined, above / (positives * negatives), nowhere)
        precision = np.where(defined, (hit * found / taken).sum(axis=1) / positives, nowhere)
    return roc, precision


def _tied(ranked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each place of sorted rows ``(k, n)``, the first and the last place with the same value."""
    import numpy as np

    places = np.broadcast_to(np.arange(ranked.shape[1]), ranked.shape)
    rises = np.diff(ranked, axis=1) != 0
    if rises.all():
        return places, places
    edge = np.ones((len(ranked), 1), bool)
    first = np.maximum.accumulate(np.where(np.hstack([edge, rises]), places, 0), axis=1)
    ends = np.where(np.hstack([rises, edge]), places, ranked.shape[1])
    last = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    return first, last


def _usable(predictions: np.ndarray) -> bool:
    import numpy as np

    return len(predictions) > 0 and bool(np.isfinite(predictions).all())


def _nothing(kind: TaskKind) -> dict[str, float]:
    return dict.fromkeys(TASK_METRICS[kind], float("nan"))


def _balanced_accuracy(confusion: np.ndarray) -> float:
    """Mean recall over the classes that occur."""
    members = confusion.sum(axis=1)
    return float((confusion.diagonal()[members > 0] / members[members > 0]).mean())


def _f1_macro(confusion: np.ndarray) -> float:
    """Mean F1 over the classes that occur or were predicted."""
    return float(_f1(confusion)[(confusion.sum(axis=0) + confusion.sum(axis=1)) > 0].mean())


def _f1(confusion: np.ndarray) -> Any:
    import numpy as np

    total = confusion.sum(axis=0) + confusion.sum(axis=1)
    return 2 * confusion.diagonal() / np.maximum(total, 1)


def _mean(values: list[float]) -> float:
    """Mean of the numbers among ``values``, NaN when there is none."""
    numbers = [float(value) for value in values if value == value]
    return sum(numbers) / len(numbers) if numbers else float("nan")
