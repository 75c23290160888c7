"""Metrics: the definitions are scikit-learn's, odd data never raises, batches of any size give the same."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as reference

from automl.metrics.classification import ClassScorer, FlagScorer
from automl.metrics.forecasting import ForecastScorer
from automl.metrics.regression import AmountScorer
from automl.metrics.scorer import Scorer, score_at_once


def classification_scores(onehot: np.ndarray, p: np.ndarray) -> dict[str, float]:
    return score_at_once(ClassScorer(), onehot, p)


def multilabel_scores(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    return score_at_once(FlagScorer(), y, p)


def regression_scores(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    return score_at_once(AmountScorer(), y, p)


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
        },
        rel=1e-12,
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
        },
        rel=1e-12,
    )


@pytest.mark.parametrize("targets", [1, 3])
def test_regression_scores_are_those_of_scikit_learn_and_scipy(targets: int) -> None:
    y, p = np.random.default_rng(2).normal(size=(2, 50, targets)).round(1) * [1, 10, 100][:targets]
    columns = list(zip(y.T, p.T, strict=True))

    scores = regression_scores(y, p)

    assert scores == pytest.approx(
        {
            "rmse": reference.root_mean_squared_error(y, p),
            "mae": reference.mean_absolute_error(y, p),
            "r2": reference.r2_score(y, p),
            "pearson": np.mean([stats.pearsonr(*pair).statistic for pair in columns]),
            "spearman": np.mean([stats.spearmanr(*pair).statistic for pair in columns]),
        },
        rel=1e-12,
    )


def test_r2_of_a_constant_truth_is_one_when_hit_and_zero_when_missed() -> None:
    y = np.full((5, 1), 2.0)

    assert regression_scores(y, y)["r2"] == 1.0
    assert regression_scores(y, y + 1)["r2"] == 0.0


@pytest.mark.parametrize(
    ("y", "p"), [([2.0, 2.0, 2.0], [1.0, 2.0, 4.0]), ([1.0, 2.0, 4.0], [2.3, 2.3, 2.3])]
)
def test_what_does_not_move_correlates_with_nothing(y: list[float], p: list[float]) -> None:
    scores = regression_scores(np.array(y)[:, None], np.array(p)[:, None])

    assert (scores["pearson"], scores["spearman"]) == (0.0, 0.0)


def test_correlations_are_exact_far_from_zero_and_of_large_numbers() -> None:
    y = np.array([[0.0], [1.0], [2.0], [4.0]])

    scores = regression_scores(1e15 + y, 1e100 * (8.0 - y))

    assert scores["pearson"] == pytest.approx(-1.0)
    assert scores["spearman"] == pytest.approx(-1.0)


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


def forecasts(seed: int) -> tuple[np.ndarray, np.ndarray]:
    y, p = np.random.default_rng(seed).normal(size=(2, 60, 3, 2)) * [1.0, 50.0] + 7
    return y, p


def test_forecast_scores_are_those_of_their_definitions() -> None:
    y, p = forecasts(3)
    deviation, naive = [2.0, 40.0], [0.5, 0.0]
    error = np.abs(y - p)

    scores = score_at_once(ForecastScorer(deviation, naive), y, p)

    assert scores == pytest.approx(
        {
            "mse_scaled": ((error / deviation) ** 2).mean(),
            "mae_scaled": (error / deviation).mean(),
            "mse": (error**2).mean(),
            "mae": error.mean(),
            "rmse": np.sqrt((error**2).mean()),
            "smape": 200 * (error / (np.abs(y) + np.abs(p))).mean(),
            "mase": error[..., 0].mean() / 0.5,  # the second target stood still in training
        },
        rel=1e-12,
    )


def labels(seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = (random.random((60, 3)) < 0.4).astype(np.float32)
    return truth, (0.3 * truth + 0.6 * random.random((60, 3)).round(2)).astype(np.float32)


def amounts(seed: int) -> tuple[np.ndarray, np.ndarray]:
    y, p = 1e6 + np.random.default_rng(seed).normal(size=(2, 60, 2)) * [1.0, 1000.0]
    return y, p


SCORED: dict[str, tuple[Callable[[], Scorer], Callable[[int], tuple[np.ndarray, np.ndarray]]]] = {
    "two classes": (ClassScorer, lambda seed: random_classes(60, 2, seed)),
    "five classes": (ClassScorer, lambda seed: random_classes(60, 5, seed)),
    "labels": (FlagScorer, labels),
    "amounts": (AmountScorer, amounts),
    "forecasts": (lambda: ForecastScorer([2.0, 40.0], [0.5, 3.0]), forecasts),
}


@pytest.mark.parametrize("kind", list(SCORED))
@settings(max_examples=25, deadline=None)
@given(cuts=st.sets(st.integers(0, 60), max_size=12), seed=st.integers(0, 9))
def test_batches_of_any_size_give_the_same_as_one(kind: str, cuts: set[int], seed: int) -> None:
    made, data = SCORED[kind]
    y, p = data(seed)
    scorer = made()

    for rows in np.split(np.arange(60), sorted(cuts)):
        scorer.update(y[rows], p[rows])

    assert scorer.result() == pytest.approx(score_at_once(made(), y, p), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("kind", list(SCORED))
def test_groups_may_be_told(kind: str) -> None:
    made, data = SCORED[kind]
    y, p = data(0)
    scorer = made()

    scorer.update(y, p, groups=np.arange(60) // 4)

    assert scorer.result() == score_at_once(made(), y, p)


@pytest.mark.parametrize("kind", list(SCORED))
def test_nothing_heard_is_nothing_known(kind: str) -> None:
    assert all(math.isnan(value) for value in SCORED[kind][0]().result().values())


def test_one_bad_prediction_among_many_batches_spoils_the_whole() -> None:
    onehot, p = random_classes(40, 3)
    scorer = ClassScorer()

    scorer.update(onehot, p)
    scorer.update(onehot[:1], np.full((1, 3), np.nan))
    scorer.update(onehot, p)

    assert all(math.isnan(value) for value in scorer.result().values())


def test_scores_that_differ_only_in_64_bits_are_kept_apart() -> None:
    p = np.array([[1.0], [1.0 + 1e-12]])

    assert score_at_once(FlagScorer(), np.array([[0.0], [1.0]]), p)["roc_auc"] == 1.0
