"""Models of scikit-learn: weights reach those that take them, and the others are named."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import automl.kerastuner as keras_tuner

X = np.random.default_rng(0).normal(size=(30, 2))
Y = X[:, 0] + np.repeat([0.0, 9.0], 15)


def score_of(folder, model, **options):
    tuner = keras_tuner.SklearnTuner(
        keras_tuner.oracles.RandomSearchOracle(keras_tuner.Objective("score", "max"), max_trials=1),
        lambda hp: model,
        directory=folder,
        project_name=str(len(list(folder.iterdir()))),
    )
    tuner.search(X, Y, **options)
    return tuner.oracle.get_best_trials()[0].score


@pytest.mark.parametrize("model", [Ridge(), make_pipeline(StandardScaler(), Ridge())])
def test_weights_reach_models_and_the_last_step_of_a_pipeline(tmp_path, model):
    weight = np.repeat([1.0, 1e-6], 15)

    assert score_of(tmp_path, model, sample_weight=weight) > 0.9 > score_of(tmp_path, model)


def test_a_model_that_takes_no_weights_is_fitted_without_and_named(tmp_path):
    with pytest.warns(UserWarning, match="KNeighborsRegressor takes no sample_weight"):
        score_of(tmp_path, KNeighborsRegressor(3), sample_weight=np.ones(30))
