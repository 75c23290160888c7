"""What tasks show of predictions says what is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from automl.core.catalog import at_place
from automl.core.figures import Chart, Matrix, Table
from automl.tasks.catalog import declarations, fit_task
from automl.tasks.evidence.chances import calibration_chart, threshold_chart, wilson
from automl.tasks.evidence.classification import MOST_CLASSES
from automl.tasks.shown import MOST_MISTAKES, Evidence, Shown, evidence_of

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _same_numbers() -> None:
    RNG.bit_generator.state = np.random.default_rng(0).bit_generator.state


def of_classes(kind: str, labels: Any, chances: Any) -> Evidence:
    truth = {"target": np.array(labels, object)}
    task = fit_task(kind, truth, names=("y",), facts={})
    predictions = {"target": np.asarray(chances, dtype=np.float32)}
    return evidence_of(Shown(task=task, encoded=task.encode(truth), truth=truth, predictions=predictions))


def titled(evidence: Evidence, title: str) -> Any:
    return next(figure for figure in evidence.figures if figure.title == title)


def yes_or_no(count: int = 200, sure: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    hits = RNG.random(count) < 0.3
    right = RNG.random(count) < sure
    chance = np.where(hits == right, 0.8, 0.2)
    return np.where(hits, "yes", "no"), np.stack([1 - chance, chance], axis=1)


def test_every_declared_evidence_can_be_called():
    assert all(callable(at_place(task.evidence)) for task in declarations() if task.evidence)


def test_a_confusion_matrix_counts_what_was_taken_for_what():
    shares = [[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]]
    matrix = titled(of_classes("binary", ["a", "a", "b"], shares), "Confusion matrix")

    assert isinstance(matrix, Matrix)
    assert (matrix.rows, matrix.cells) == (("a", "b"), ((1, 1), (1, 0)))


def test_curves_tell_the_area_under_them():
    labels, chances = yes_or_no()
    evidence = of_classes("binary", labels, chances)
    roc = titled(evidence, "ROC curve")
    line = roc.lines[0]

    area = float(np.trapezoid(line.y, line.x))
    assert line.name == f"yes ({area:.3f})"
    assert (line.x[0], line.y[0], line.x[-1], line.y[-1]) == (0, 0, 1, 1)
    assert titled(evidence, "Precision and recall").lines[-1].name == "chance"


def test_of_many_classes_the_most_frequent_have_curves_and_mistakes_are_listed():
    count = MOST_CLASSES + 5
    codes = RNG.integers(0, count, 600)
    chances = RNG.dirichlet(np.ones(count), 600)
    evidence = of_classes("multiclass", [f"c{code:02d}" for code in codes], chances)

    assert len(titled(evidence, "ROC curve").lines) == 7
    assert isinstance(titled(evidence, "Most frequent mistakes"), Table)
    assert not [figure for figure in evidence.figures if isinstance(figure, Matrix)]


def test_the_worst_mistakes_come_first():
    labels = ["a", "b", "a", "b"]
    chances = [[0.9, 0.1], [0.99, 0.01], [0.3, 0.7], [0.2, 0.8]]

    mistakes = of_classes("binary", labels, chances).mistakes

    assert [(item.row, item.truth) for item in mistakes] == [(1, "b"), (2, "a")]
    assert mistakes[0].answer == "a (99.0%)"
    assert mistakes[0].size == pytest.approx(0.01)


def test_probabilities_that_are_too_sure_are_told():
    labels = np.where(RNG.random(400) < 0.5, "a", "b")
    sure = np.where(RNG.random(400)[:, None] < 0.5, [0.99, 0.01], [0.01, 0.99])

    moods = {remark.mood: remark.text for remark in of_classes("binary", labels, sure).remarks}

    assert "off by 0.4" in moods["careful"] or "off by 0.5" in moods["careful"]


def test_of_few_examples_nothing_is_said_of_probabilities_and_bins_are_fewer():
    labels, chances = yes_or_no(40)
    evidence = of_classes("binary", labels, chances)

    assert len(titled(evidence, "Calibration").lines[1].x) == 4
    assert not [remark for remark in evidence.remarks if "probabilities" in remark.text]


def test_calibrated_probabilities_lie_on_the_line():
    chances = RNG.random(20_000)
    chart, error = calibration_chart(RNG.random(20_000) < chances, chances, "it")
    points = chart.lines[1]

    assert error < 0.02
    assert len(points.x) == 10
    assert all(
        low <= value <= high for low, value, high in zip(points.low, points.y, points.high, strict=True)
    )


def test_a_threshold_counts_what_lies_at_or_above_it():
    hits = np.array([True, True, False, False])
    chart = threshold_chart(hits, np.array([0.9, 0.4, 0.6, 0.1]), "yes")
    at_half = {line.name: line.y[49] for line in chart.lines}

    assert chart.lines[0].x[49] == 0.5
    assert at_half == {"precision": 0.5, "recall": 0.5, "F1": 0.5, "accuracy": 0.5}


def test_intervals_of_shares_are_those_of_the_textbook():
    low, high = wilson(np.array([0.5]), np.array([100]))

    assert (low[0], high[0]) == (pytest.approx(0.4038, abs=1e-4), pytest.approx(0.5962, abs=1e-4))


def test_classes_with_few_examples_are_named():
    labels, chances = ["yes"] * 3 + ["no"] * 17, [[0.7, 0.3]] * 20

    assert any("yes" in remark.text for remark in of_classes("binary", labels, chances).remarks)


@pytest.mark.parametrize("targets", [1, 2])
def test_amounts_are_drawn_against_the_truth(targets):
    values = RNG.normal(size=(500, targets))
    truth = {"target": values}
    task = fit_task("regression", truth, names=("y", "z")[:targets], facts={})
    shown = Shown(task=task, encoded=task.encode(truth), truth=truth, predictions={"target": values + 0.5})

    evidence = evidence_of(shown)

    title = "Residuals" if targets == 1 else "Residuals of y"
    assert set(titled(evidence, title).lines[0].y) == {0.5}
    assert len(evidence.mistakes) == MOST_MISTAKES
    assert any("0.5 too high" in remark.text for remark in evidence.remarks)
    assert titled(evidence, "Size of the error").rows[0][1] == 0.5


def forecasts(horizon: int = 4) -> Shown:
    series = np.sin(np.arange(60.0))[:, None]
    starts = np.arange(30)
    inputs = np.stack([series[at : at + 12] for at in starts])
    truth = {"target": np.stack([series[at + 12 : at + 12 + horizon] for at in starts])}
    facts = {"mean": [0.0], "std": [1.0], "naive_mae": [0.5], "season": 6, "horizon": horizon}
    task = fit_task("forecasting", truth, names=("load",), facts=facts)
    predictions = {"target": truth["target"] + np.linspace(0, 1, 30)[:, None, None]}
    return Shown(
        task=task,
        encoded=task.encode(truth),
        truth=truth,
        predictions=predictions,
        inputs={"series": inputs},
    )


def test_forecasts_are_drawn_with_their_history_and_a_band():
    evidence = evidence_of(forecasts())
    fan = titled(evidence, "load: a bad forecast")
    names = [line.name for line in fan.lines]

    assert names == ["history", "actual", "forecast"]
    assert fan.lines[0].x[-1] == 0
    assert fan.lines[2].x == (1, 2, 3, 4)
    assert len(fan.lines[2].low) == 4
    assert evidence.mistakes[0].row == 29


def test_the_error_by_step_stands_beside_that_of_trivial_rules():
    by_step = titled(evidence_of(forecasts()), "Error of load by step")

    assert [line.name for line in by_step.lines] == ["model", "naive", "seasonal_naive"]
    assert by_step.lines[0].y == (0.5, 0.5, 0.5, 0.5)


def test_forecasts_without_their_inputs_are_shown_as_far_as_they_go():
    titles = [figure.title for figure in evidence_of(replace(forecasts(), inputs={})).figures]

    assert titles == ["Error of load by step", "Distribution of errors of load"]


def test_labels_are_told_one_by_one():
    hits = (RNG.random((120, 2)) < [0.5, 0.2]).astype(np.float32)
    truth = {"target": hits}
    task = fit_task("multilabel", truth, names=("p", "q"), facts={})
    shown = Shown(task=task, encoded=truth, truth=truth, predictions={"target": hits * 0.8 + 0.1})

    evidence = evidence_of(shown)

    assert [row[0] for row in titled(evidence, "By label").rows] == ["p", "q"]
    assert all(row[2:] == (1, 1, 1, 1) for row in titled(evidence, "By label").rows)
    assert evidence.mistakes == ()


def test_each_target_of_a_joint_task_shows_its_own():
    labels, chances = yes_or_no(60)
    amounts = RNG.normal(size=(60, 1))
    truth = {"sold": np.array(labels, object), "price": amounts}
    facts = {"parts": {"sold": "binary", "price": "regression"}}
    task = fit_task("joint", truth, names=("sold", "price"), facts=facts)
    predictions = {"sold": chances, "price": amounts * 0.9}
    shown = Shown(task=task, encoded=task.encode(truth), truth=truth, predictions=predictions)

    evidence = evidence_of(shown)

    titles = {figure.title for figure in evidence.figures}
    assert {"sold: Confusion matrix", "price: Predicted against actual"} <= titles
    assert {item.truth.partition(":")[0] for item in evidence.mistakes} == {"sold", "price"}
    assert all(isinstance(figure, Chart | Matrix | Table) for figure in evidence.figures)
