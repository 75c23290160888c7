"""Objectives are read as users write them, and refused early where no task measures them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from automl.core.errors import ConfigError
from automl.tasks.catalog import TASKS
from automl.tasks.objectives import (
    check_objective,
    default_objective,
    directions,
    parse_objective,
    smooth_objective,
    tie_breaker,
)


@pytest.mark.parametrize(
    ("text", "name", "direction"),
    [
        ("accuracy", "accuracy", "maximize"),
        ("val_rmse", "rmse", "minimize"),
        ("roc_auc:max", "roc_auc", "maximize"),
        ("parameters:min", "parameters", "minimize"),
        (" seconds ", "seconds", "minimize"),
        ("val_log_loss:minimize", "log_loss", "minimize"),
        ("a:b.rmse", "a:b.rmse", "minimize"),
        ("a:b.rmse:min", "a:b.rmse", "minimize"),
    ],
)
def test_objectives_are_read_as_users_write_them(text: str, name: str, direction: str) -> None:
    objective = parse_objective(text)

    assert (objective.name, objective.direction) == (name, direction)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("val_x.accuracy", "val_x.accuracy"),
        ("val_val_x.accuracy", "val_x.accuracy"),
        ("val_y.rmse:min", "y.rmse"),
        ("val_skill", "skill"),
    ],
)
def test_a_target_may_be_called_like_a_metric_of_validation(text: str, name: str) -> None:
    parts = {"val_x": "binary", "y": "regression"}

    objective = parse_objective(text, parts)

    assert objective.name == name
    check_objective(objective, "joint", parts)


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


@pytest.mark.parametrize("kind", list(TASKS))
def test_costs_and_own_metrics_fit_every_task(kind: str) -> None:
    for name in (*(metric.name for metric in TASKS[kind].metrics), "parameters", "seconds"):
        check_objective(parse_objective(name), kind)


def test_promised_defaults() -> None:
    defaults = {kind: default_objective(kind).label for kind in TASKS}

    assert defaults == {
        "binary": "val_accuracy",
        "multiclass": "val_accuracy",
        "multilabel": "val_f1_macro",
        "regression": "val_rmse",
        "forecasting": "val_mse_scaled",
        "joint": "val_skill",
        "language_model": "val_bits_per_character",
        "anomaly": "val_pr_auc",
        "segmentation": "val_dice",
        "detection": "val_map",
        "verification": "val_roc_auc",
        "transcription": "val_wer",
        "ranking": "val_ndcg_at_10",
        "rating": "val_rmse",
    }
    known = directions()
    assert known["mase"] == known["smape"] == known["mse_scaled"] == known["parameters"] == "minimize"


def test_a_wrong_metric_is_refused_before_numpy_is_loaded() -> None:
    code = "import automl.tasks.objectives, sys; sys.exit('numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("metrics", "loss"),
    [
        ({"accuracy": 0.9, "log_loss": 0.3}, 0.3),
        ({"rmse": 2.0, "mae": 1.0, "r2": 0.5}, 2.0),
        ({"mae": 4.0, "rmse": 5.0, "mse": 6.0, "mse_scaled": 7.0}, 7.0),
        ({"accuracy": 0.9, "val_log_loss": 0.3}, 0.0),
    ],
)
def test_one_loss_decides_between_equal_scores(metrics: dict[str, float], loss: float) -> None:
    assert tie_breaker(metrics) == loss


@pytest.mark.parametrize(
    ("metric", "task", "smooth"),
    [
        ("accuracy", "binary", "log_loss"),
        ("f1_macro", "multiclass", "log_loss"),
        ("roc_auc", "binary", "roc_auc"),
        ("rmse", "regression", "rmse"),
        ("skill", "joint", "skill"),
    ],
)
def test_metrics_of_few_levels_give_way_to_the_loss_of_the_task(
    metric: str, task: str, smooth: str
) -> None:
    assert smooth_objective(parse_objective(metric), task).name == smooth
