from __future__ import annotations

import keras
import numpy as np

from automl.tasks.unit_length import UnitLength


def test_vectors_get_length_1_and_those_of_zeros_stay():
    rows = np.array([[3, 4, 0], [0, 0, 0], [1e-3, 0, 0]], np.float32)

    found = keras.ops.convert_to_numpy(UnitLength()(rows))

    np.testing.assert_allclose(found, [[0.6, 0.8, 0], [0, 0, 0], [1, 0, 0]], atol=1e-6)


def test_halves_are_computed_in_float32():
    found = UnitLength()(keras.ops.zeros((1, 2), "float16"))

    assert found.dtype == "float32" or "float32" in str(found.dtype)
    assert not np.isnan(keras.ops.convert_to_numpy(found)).any()
