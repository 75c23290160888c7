"""Temperatures: found where probabilities are too certain, left alone where they are right."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.targets import named
from automl.tasks.calibration import (
    OF_CLASSES,
    OF_FLAGS,
    Calibration,
    TemperedProbabilities,
    fit_temperature,
)

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(scale=1.5, size=(4000, 3))
BOTH = pytest.mark.parametrize("calibration", [OF_CLASSES, OF_FLAGS], ids=["classes", "flags"])


def shares(calibration: Calibration, sharpness: float) -> np.ndarray:
    """Probabilities ``(n, 3)`` that are as many times too certain; 1 is right."""
    if not calibration.exclusive:
        return 1 / (1 + np.exp(-LOGITS * sharpness))
    raised = np.exp(LOGITS * sharpness)
    return raised / raised.sum(axis=1, keepdims=True)


def truth(calibration: Calibration) -> np.ndarray:
    """What came of the right probabilities ``(n, 3)``."""
    random, right = np.random.default_rng(1), shares(calibration, 1.0)
    if not calibration.exclusive:
        return (random.random(right.shape) < right).astype(np.float32)
    codes = (random.random((len(right), 1)) > right.cumsum(axis=1)).sum(axis=1)
    return np.eye(3, dtype=np.float32)[np.minimum(codes, 2)]


@BOTH
@pytest.mark.parametrize("sharpness", [0.5, 2.0])
def test_what_is_too_certain_or_not_certain_enough_is_put_right(calibration, sharpness) -> None:
    targets, predictions = named(truth(calibration)), named(shares(calibration, sharpness))

    fitted = fit_temperature(calibration, targets, predictions, seed=0)

    assert fitted.temperature == pytest.approx(sharpness, rel=0.1)
    assert fitted.after < fitted.before
    right = calibration.apply(predictions, sharpness)["target"]
    np.testing.assert_allclose(right, shares(calibration, 1.0), atol=1e-6)


@BOTH
def test_what_is_right_is_left_alone(calibration) -> None:
    fitted = fit_temperature(
        calibration, named(truth(calibration)), named(shares(calibration, 1.0)), seed=0
    )

    assert fitted.temperature == 1.0
    assert fitted.after == fitted.before


def test_few_examples_show_nothing() -> None:
    fitted = fit_temperature(OF_CLASSES, named(np.eye(2)[:1]), named(np.array([[0.9, 0.1]])), seed=0)

    assert fitted.temperature == 1.0


@BOTH
def test_the_layer_computes_what_arrays_get_and_is_saved(calibration, tmp_path) -> None:
    p = shares(calibration, 1.0).astype(np.float32)
    p[0] = [1, 0, 0]
    given = keras.Input((3,))
    model = keras.Model(given, TemperedProbabilities(1.7, calibration.exclusive)(given))
    model.save(tmp_path / "model.keras")

    found = keras.models.load_model(tmp_path / "model.keras").predict(p, verbose=0)

    np.testing.assert_allclose(found, calibration.apply(named(p), 1.7)["target"], atol=1e-6)
    assert np.isfinite(found).all()
    assert (found.argmax(axis=1) == p.argmax(axis=1)).all()
