"""Metrics: the definitions are scikit-learn's, the names are refused early, odd data never raises."""

from __future__ import annotations

import math
import subprocess
import sys
import time

import numpy as np
import pytest
from sklearn import metrics as reference

from automl.core.errors import ConfigError
from automl.core.metrics import (
    DIRECTIONS,
    TASK_METRICS,
    check_objective,
    classification_scores,
    default_objective,
    multilabel_scores,
    parse_objective,
    regression_scores,
)


def random_classes(rows: int, classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """One-hot truth and probabilities that know something of it, with ties."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, rows)
    raw = random.random((rows, classes)).round(2) + 0.05 + np.eye(classes)[truth] * 0.3
    return np.eye(classes, dtype=np.float32)[truth], raw / raw.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_classification_scores_are_those_of_scikit_learn(classes: int) -> None:
    onehot, p = random_classes(500, classes)
    truth, guess = onehot.argmax(1), p.argmax(1)
    side = p[:, 1] if classes == 2 else p

    scores = classification_scores(onehot, p)

    assert scores == pytest.approx(
        {
            "accuracy": reference.accuracy_score(truth, guess),
            "balanced_accuracy": reference.balanced_accuracy_score(truth, guess),
            "f1_macro": reference.f1_score(truth, guess, average="macro"),
            "roc_auc": reference.roc_auc_score(truth, side, multi_class="ovr"),
            "pr_auc": reference.average_precision_score(truth if classes == 2 else onehot, side),
            "log_loss": reference.log_loss(truth, p),
        }
    )


def test_a_class_absent_from_the_rows_is_left_out() -> None:
    onehot, p = random_classes(200, 4)
    present = onehot[:, 3] == 0

    scores = classification_scores(onehot[present], p[present])

    areas = [reference.roc_auc_score(onehot[present][:, k], p[present][:, k]) for k in range(3)]
    assert scores["roc_auc"] == pytest.approx(np.mean(areas))
    assert all(math.isfinite(value) for value in scores.values())


def test_one_class_only_leaves_the_areas_unknown_and_the_rest_known() -> None:
    scores = classification_scores(np.array([[1.0, 0.0]] * 4), np.array([[0.8, 0.2]] * 4))

    assert math.isnan(scores["roc_auc"])
    assert math.isnan(scores["pr_auc"])
    assert scores["accuracy"] == 1.0


def test_multilabel_scores_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(1)
    truth = (random.random((300, 3)) < 0.4).astype(np.float32)
    p = np.clip(0.4 * truth + 0.5 * random.random((300, 3)), 0.01, 0.99)
    guess = p > 0.5

    scores = multilabel_scores(truth, p)

    assert scores == pytest.approx(
        {
            "f1_macro": reference.f1_score(truth, guess, average="macro"),
            "accuracy": reference.accuracy_score(truth, guess),
            "balanced_accuracy": np.mean(
                [reference.balanced_accuracy_score(truth[:, k], guess[:, k]) for k in range(3)]
            ),
            "roc_auc": reference.roc_auc_score(truth, p),
            "pr_auc": reference.average_precision_score(truth, p),
            "log_loss": np.mean([reference.log_loss(truth[:, k], p[:, k]) for k in range(3)]),
        }
    )


@pytest.mark.parametrize("targets", [1, 3])
def test_regression_scores_are_those_of_scikit_learn(targets: int) -> None:
    y, p = np.random.default_rng(2).normal(size=(2, 50, targets)) * [1, 10, 100][:targets]

    scores = regression_scores(y, p)

    assert scores == pytest.approx(
        {
            "rmse": reference.root_mean_squared_error(y, p),
            "mae": reference.mean_absolute_error(y, p),
            "r2": reference.r2_score(y, p),
        }
    )


def test_r2_of_a_constant_truth_is_one_when_hit_and_zero_when_missed() -> None:
    y = np.full((5, 1), 2.0)

    assert regression_scores(y, y)["r2"] == 1.0
    assert regression_scores(y, y + 1)["r2"] == 0.0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("scored", [classification_scores, multilabel_scores, regression_scores])
def test_predictions_that_are_no_numbers_score_nan(scored: object, bad: float) -> None:
    y, p = np.eye(2), np.array([[0.5, 0.5], [bad, 0.5]])

    assert all(math.isnan(value) for value in scored(y, p).values())  # type: ignore[operator]


def test_6500_rows_are_scored_well_within_an_epoch() -> None:
    onehot, p = random_classes(6500, 2)

    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        classification_scores(onehot, p)
        seconds.append(time.perf_counter() - start)

    assert min(seconds) < 0.05


@pytest.mark.parametrize(
    ("text", "name", "direction"),
    [
        ("accuracy", "accuracy", "maximize"),
        ("val_rmse", "rmse", "minimize"),
        ("roc_auc:max", "roc_auc", "maximize"),
        ("parameters:min", "parameters", "minimize"),
        (" seconds ", "seconds", "minimize"),
        ("val_log_loss:minimize", "log_loss", "minimize"),
    ],
)
def test_objectives_are_read_as_users_write_them(text: str, name: str, direction: str) -> None:
    objective = parse_objective(text)

    assert (objective.name, objective.direction) == (name, direction)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("acuracy", "Did you mean 'accuracy'"),
        ("val_parameters", "Unknown metric 'val_parameters'"),
        ("accuracy:min", "better when larger"),
        ("rmse:max", "write 'rmse' or 'rmse:min'"),
        ("rmse:down", "expected ':min' or ':max'"),
    ],
)
def test_wrong_objectives_are_refused_with_what_would_be_right(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parse_objective(text)


def test_a_metric_of_another_task_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"'rmse' does not fit a binary task; it has: accuracy"):
        check_objective(parse_objective("rmse"), "binary")


@pytest.mark.parametrize("kind", list(TASK_METRICS))
def test_costs_and_own_metrics_fit_every_task(kind: str) -> None:
    for name in (*TASK_METRICS[kind], "parameters", "seconds"):  # type: ignore[index]
        check_objective(parse_objective(name), kind)  # type: ignore[arg-type]


def test_promised_defaults() -> None:
    defaults = {kind: default_objective(kind).label for kind in TASK_METRICS}

    assert defaults == {
        "binary": "val_accuracy",
        "multiclass": "val_accuracy",
        "multilabel": "val_f1_macro",
        "regression": "val_rmse",
        "forecasting": "val_mse_scaled",
    }
    assert DIRECTIONS["mase"] == DIRECTIONS["smape"] == DIRECTIONS["mse_scaled"] == "minimize"


def test_a_wrong_metric_is_refused_before_numpy_is_loaded() -> None:
    code = "import automl.core.metrics, sys; sys.exit('numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
