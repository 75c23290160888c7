"""KerasTuner's hyperparameters in the words of search spaces."""

from __future__ import annotations

import pytest

from automl.spaces.kerastuner import described
from automl.spaces.parameters import Choice, Float, Integer


def number(low, high, step=None, sampling="linear"):
    return {"min_value": low, "max_value": high, "step": step, "sampling": sampling}


def test_ranges_end_on_their_steps():
    found = described("Int", number(32, 100, 32)).parameter

    assert isinstance(found, Integer)
    assert (found.low, found.high, found.step) == (32, 96, 32)


def test_logarithms_are_kept():
    found = described("Float", number(1e-4, 1e-1, sampling="log")).parameter

    assert isinstance(found, Float)
    assert found.log


def test_steps_by_a_factor_are_a_choice():
    found = described("Int", number(2, 33, 2, "log")).parameter

    assert isinstance(found, Choice)
    assert found.values == (2, 4, 8, 16, 32)


def test_a_mirrored_scale_is_the_distance_from_the_far_end():
    found = described("Float", number(1.0, 100.0, sampling="reverse_log"))

    assert found.mirror == 101
    assert found.turned(found.turned(91.0)) == 91.0
    assert found.suffix


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("Fixed", {"value": 3}),
        ("Choice", {"values": [2, 2]}),
        ("Float", number(1.0, 1.0)),
        ("Int", number(1, 4, 5)),
    ],
)
def test_what_has_one_value_does_not_vary(kind, config):
    assert not described(kind, config).varies


def test_other_kinds_are_refused():
    with pytest.raises(ValueError, match="Tree is no kind"):
        described("Tree", {})
