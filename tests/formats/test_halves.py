"""Of a LiteRT file in float16 the weights are halved, and not what numbers are scaled by."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from automl.data.preprocessing.tabular_layers import RobustScale
from automl.data.raw_model import RawModel
from automl.formats.format import Subject, Wish
from automl.formats.litert import FORMAT

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow exports")


def test_numbers_far_from_0_keep_their_digits_and_the_file_is_half_as_large(tmp_path):
    pytest.importorskip("ai_edge_litert")
    keras.utils.set_random_seed(0)
    given = keras.Input((1,), dtype="float64", name="year")
    scaled = RobustScale([70_000.0], [0.1], [])(given)
    hidden = keras.layers.Dense(256, "relu")(keras.layers.Dense(256, "relu")(scaled))
    model = RawModel({"year": given}, keras.layers.Dense(1)(hidden))
    rows = {"year": np.array([[70_005.0], [69_990.0]])}
    subject = Subject(model=model, path=tmp_path, sample=rows)
    form = FORMAT.form(subject)
    wide, half = tmp_path / "wide.tflite", tmp_path / "half.tflite"

    FORMAT.write(subject, form, wide, Wish())
    FORMAT.write(replace(subject), form, half, Wish(quantize="float16"))

    given32 = {"year": rows["year"].astype(np.float32)}
    expected, found = (FORMAT.opened(path, form)(given32)["prediction"] for path in (wide, half))
    assert half.stat().st_size < 0.6 * wide.stat().st_size
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert (found != expected).any()
