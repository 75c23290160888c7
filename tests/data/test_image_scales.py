"""Pixels of a job are on one scale: what is brought to it, what is told, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.core.notes import warnings_of
from automl.data.image_scales import Scale, agree_on_array, bring_array

RAMP = np.linspace(0, 1, 64).reshape(1, 8, 8, 1)
DARK = np.ones((1, 8, 8, 1))


def scale(top: float, dtype: str, *, low: float = 0.0) -> Scale:
    return agree_on_array((low + RAMP * (top - low)).astype(dtype), "here")[1]


BYTES = scale(255, "uint8")
UNIT = scale(1, "float32")


@pytest.mark.parametrize("dtype", ["int64", "int16", "float64"])
def test_a_nearly_black_picture_has_one_meaning_whatever_comes_along(dtype: str) -> None:
    alone, notes = bring_array(DARK.astype(dtype), BYTES, "here")
    beside, _ = bring_array(np.concatenate([DARK, DARK * 250]).astype(dtype), BYTES, "here")
    assert (alone == 1).all()
    assert (beside[0] == 1).all()
    assert "nearly black" in warnings_of(notes)[0]


@pytest.mark.parametrize("dtype", ["int64", "float32"])
def test_the_same_values_in_another_type_are_told(dtype: str) -> None:
    pixels, notes = bring_array(np.rint(RAMP * 255).astype(dtype), BYTES, "here")
    assert pixels.max() == 255
    assert "taken to be on the scale of training, 8 bits (0 to 255)" in notes[0]


@pytest.mark.parametrize(
    ("given", "model"),
    [
        (RAMP, BYTES),
        (RAMP * 2 - 1, BYTES),
        ((RAMP * 65535).astype("uint16"), BYTES),
        ((RAMP * 4095).astype("int64"), BYTES),
        (RAMP * 255, UNIT),
        ((RAMP * 255).astype("int64"), UNIT),
        (DARK.astype("int64"), UNIT),
        (RAMP * 2 - 1, UNIT),
        ((RAMP * 255).astype("uint8"), scale(620, "uint16", low=300)),
        (RAMP > 0.5, scale(620, "uint16", low=300)),
        (RAMP, scale(60000, "uint16")),
        ((RAMP * 200).astype("uint8"), scale(16, "float64")),
    ],
)
def test_what_is_on_another_scale_is_refused(given: np.ndarray, model: Scale) -> None:
    with pytest.raises(DataError, match="here"):
        bring_array(given, model, "here")


@pytest.mark.parametrize(
    ("given", "model", "highest"),
    [
        ((RAMP * 255).astype("uint8"), UNIT, 1.0),
        ((RAMP * 65535).astype("uint16"), UNIT, 1.0),
        (RAMP > 0.5, UNIT, 1.0),
        (RAMP > 0.5, BYTES, 255),
        ((RAMP * 255).astype("uint8"), scale(1, "float32", low=-1), 1.0),
        ((RAMP * 255).astype("uint8"), scale(250, "float32"), 255.0),
        ((RAMP * 255).astype("uint8"), scale(60000, "uint16"), 65535.0),
        ((RAMP * 16).astype("uint8"), scale(16, "float64"), 16.0),
    ],
)
def test_what_the_type_tells_is_brought_and_told(given: np.ndarray, model: Scale, highest: float) -> None:
    pixels, notes = bring_array(given, model, "here")
    assert pixels.max() == highest
    assert pixels.dtype == model.dtype
    assert notes


@pytest.mark.parametrize(
    ("given", "model"),
    [
        (RAMP, scale(1, "float32", low=-1)),
        (np.rint(RAMP * 255).astype("uint16"), BYTES),
        (np.rint(RAMP * 255).astype("int64"), scale(60000, "uint16")),
        ((RAMP * 60000).astype("uint16"), scale(620, "uint16", low=300)),
        (RAMP, scale(250, "float32")),
    ],
)
def test_doubtful_scales_are_warnings(given: np.ndarray, model: Scale) -> None:
    assert warnings_of(bring_array(given, model, "here")[1])


@pytest.mark.parametrize(
    ("dtype", "top", "depth", "kept"),
    [
        ("uint8", 255, "8-bit", "uint8"),
        ("int64", 200, "8-bit", "uint8"),
        ("int32", 4095, "16-bit", "float32"),
        ("uint16", 200, "16-bit", "float32"),
        ("int64", 70000, "whole", "float32"),
        ("float64", 200, "float", "float32"),
        ("bool", 1, "float", "float32"),
    ],
)
def test_a_job_agrees_on_a_scale_and_keeps_the_values(dtype: str, top: int, depth: str, kept: str) -> None:
    given = (RAMP * top).astype(dtype)
    pixels, agreed, notes = agree_on_array(given, "here")
    assert agreed.depth == depth
    assert pixels.dtype == kept
    np.testing.assert_allclose(pixels, given.astype(float), rtol=1e-6)
    assert Scale(**agreed.as_json()) == agreed
    assert notes or dtype == "uint8"


def test_differences_that_float32_cannot_hold_are_refused() -> None:
    with pytest.raises(DataError, match="Subtract a constant"):
        agree_on_array(1e9 + RAMP, "here")
