"""Traits of targets: which amounts are skewed."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.targets import named
from automl.tasks.traits import SKEWED, of_amounts

LONG = np.exp(np.random.default_rng(0).normal(0, 1, 200))


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e12])
def test_a_long_tail_of_amounts_above_zero_is_skewed_in_any_unit(unit: float) -> None:
    assert of_amounts(named(LONG[:, None] * unit)) == (SKEWED,)


@pytest.mark.parametrize(
    "values", [LONG - LONG.min(), LONG + 1e6 - 2 * LONG, np.linspace(1, 2, 50), np.ones(9)], ids=str
)
def test_others_are_not(values: np.ndarray) -> None:
    assert of_amounts(named(values[:, None])) == ()


def test_of_several_targets_all_must_be() -> None:
    assert of_amounts(named(np.stack([LONG, LONG], axis=1))) == (SKEWED,)
    assert of_amounts(named(np.stack([LONG, -LONG], axis=1))) == ()
