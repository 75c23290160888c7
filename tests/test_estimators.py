"""The scikit-learn estimators behave as scikit-learn's own do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import automl
from automl import AutoClassifier, AutoRegressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 3))
LABELS = np.where(X[:, 0] > 0, 10, 2)
VALUES = X[:, 0] * 3 + 1
QUICK = {"family": "linear", "trials": 1, "epochs": 30}


@pytest.fixture(scope="module")
def classifier():
    return AutoClassifier(**QUICK).fit(X, LABELS)


def test_labels_come_back_in_their_own_type(classifier):
    assert classifier.classes_.tolist() == [2, 10]
    assert classifier.predict(X).dtype == LABELS.dtype
    assert classifier.score(X, LABELS) > 0.8


def test_probabilities_stand_in_the_order_of_the_classes(classifier):
    probabilities = classifier.predict_proba(X)

    assert probabilities.shape == (120, 2)
    assert (classifier.classes_[probabilities.argmax(axis=1)] == classifier.predict(X)).all()


def test_saved_and_loaded_it_predicts_the_same(classifier, tmp_path):
    folder = classifier.save(tmp_path / "kept")

    loaded = AutoClassifier.load(folder)

    assert (loaded.predict(X) == classifier.predict(X)).all()
    assert loaded.get_params() == classifier.get_params()
    assert not [path for path in folder.rglob("*") if path.suffix in (".pkl", ".pickle", ".joblib")]


def test_a_regressor_works_in_a_pipeline():
    pipeline = make_pipeline(StandardScaler(), AutoRegressor(**QUICK)).fit(X, VALUES)

    assert pipeline.predict(X).shape == (120,)
    assert pipeline.score(X, VALUES) > 0.5


def test_frames_are_taken_by_column_names():
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    regressor = AutoRegressor(**QUICK).fit(frame, VALUES)

    assert regressor.feature_names_in_.tolist() == ["a", "b", "c"]
    assert regressor.predict(frame[["c", "a", "b"]]) == pytest.approx(regressor.predict(frame))


def test_clones_are_unfitted_and_alike(classifier):
    copy = clone(classifier)

    assert copy.get_params() == classifier.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(X)


def test_wrong_shapes_are_refused(classifier):
    with pytest.raises(automl.InputError, match="3"):
        classifier.predict(X[:, :2])
    with pytest.raises(automl.InputError, match="agree"):
        AutoClassifier(**QUICK).fit(X, LABELS[:5])
