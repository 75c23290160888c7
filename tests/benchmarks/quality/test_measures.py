"""Scores against figures done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality.measures import calibration_error, class_scores, mase, value_scores


def test_classes_are_scored_by_their_names():
    p = np.array([[0.2, 0.8], [0.6, 0.4], [0.5, 0.5]])

    scores = class_scores(np.array(["b", "a", "a"]), ["a", " b"], p)

    assert scores["log_loss"] == pytest.approx(-np.log([0.8, 0.6, 0.5]).mean())
    assert scores["accuracy"] == 1.0
    assert scores["roc_auc"] == 1.0
    assert scores["ece"] == pytest.approx((0.2 + 0.4 + 0.5) / 3)


def test_a_class_that_the_model_does_not_know_has_no_probability():
    scores = class_scores(np.array(["None", "a"]), ["a", "b"], np.array([[1.0, 0.0], [1.0, 0.0]]))

    assert scores["log_loss"] == pytest.approx(-np.log([1e-7, 1 - 1e-7]).mean())
    assert scores["accuracy"] == 0.5


def test_the_area_of_several_classes_is_the_mean_of_those_with_both_sides():
    p = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.5, 0.4, 0.1]])

    assert class_scores(np.array(["a", "b", "a"]), ["a", "b", "c"], p)["roc_auc"] == 1.0


def test_a_calibrated_model_has_no_error():
    confidence, right = np.full(10, 0.7), np.arange(10) < 7

    assert calibration_error(confidence, right) == pytest.approx(0.0)
    assert calibration_error(np.array([1.0, 1.0]), np.array([True, False])) == pytest.approx(0.5)


def test_values_are_scored_relative_to_the_mean_of_training():
    scores = value_scores(np.array([1.0, 3.0]), np.array([2.0, 3.0]), constant=5.0)

    assert scores["rmse"] == pytest.approx(np.sqrt(0.5))
    assert scores["relative_rmse"] == pytest.approx(np.sqrt(0.5) / np.sqrt(10))


def test_forecasts_are_scored_by_the_seasonal_error_of_each_series():
    history = {"a": np.repeat([0.0, 2.0], 24), "b": np.repeat([0.0, 10.0], 24)}
    truth = {"a": np.full(48, 2.0), "b": np.full(48, 10.0)}
    forecasts = {"a": np.full(48, 3.0), "b": np.full(48, 10.0)}

    assert mase(history, truth, forecasts) == pytest.approx((0.5 + 0.0) / 2)
    with pytest.raises(ValueError, match="'a' stands still"):
        mase({"a": np.ones(48)}, {"a": np.ones(48)}, forecasts)
