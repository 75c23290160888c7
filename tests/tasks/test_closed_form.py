"""Ridge regression in closed form: plain, weighed, and with weights that phases of a season share."""

from __future__ import annotations

import numpy as np
import pytest

from automl.tasks.closed_form import Ridge, SeasonalRidge

RNG = np.random.default_rng(0)


def test_a_linear_map_is_found_again() -> None:
    features, weights = RNG.normal(size=(200, 5)), RNG.normal(size=(5, 3))
    ridge = Ridge(5, 3)

    for part in np.split(np.arange(200), 4):
        ridge.add(features[part], features[part] @ weights + [1.0, 2.0, 3.0], np.ones(50))

    kernel, constants = ridge.solve(0.0)
    assert kernel == pytest.approx(weights, abs=1e-5)
    assert constants == pytest.approx([1.0, 2.0, 3.0], abs=1e-5)


def test_a_penalty_shrinks_weights_and_leaves_the_constant() -> None:
    features = RNG.normal(size=(500, 2))
    features -= features.mean(axis=0)
    ridge = Ridge(2, 1)
    ridge.add(features, features[:, :1] + 4.0, np.ones(500))

    kernel, constants = ridge.solve(1.0)

    assert 0.3 < kernel[0, 0] < 0.7
    assert constants == pytest.approx([4.0], abs=1e-6)


def test_rows_of_weight_zero_do_not_count() -> None:
    ridge, features = Ridge(1, 1), np.array([[1.0], [2.0], [3.0], [4.0]])
    ridge.add(features, np.array([[2.0], [4.0], [99.0], [-99.0]]), np.array([1.0, 1.0, 0.0, 0.0]))

    assert ridge.solve(0.0)[0] == pytest.approx(np.array([[2.0]]), abs=1e-4)


@pytest.mark.parametrize(("steps", "horizon"), [(24, 8), (27, 6), (24, 13), (16, 3)])
def test_a_repeating_series_goes_on_by_few_weights(steps: int, horizon: int) -> None:
    season = RNG.normal(size=8)
    series = np.tile(season, 40) + 5.0
    starts = np.arange(len(series) - steps - horizon)
    features = np.stack([series[start : start + steps] for start in starts])
    ahead = np.stack([series[start + steps : start + steps + horizon] for start in starts])
    ridge = SeasonalRidge(steps, horizon, 8)
    ridge.add(features, ahead, np.ones(len(starts)))

    kernel, constants = ridge.solve(1e-6)

    assert kernel.shape == (steps, horizon)
    error = features @ kernel + constants - ahead  # not zero, as ends are smoothed over what is there
    assert np.sqrt((error**2).mean()) < 0.2 * season.std()


def test_a_shift_of_the_series_shifts_its_forecast() -> None:
    ridge = SeasonalRidge(12, 4, 4)
    ridge.add(RNG.normal(size=(50, 12)), RNG.normal(size=(50, 4)), np.ones(50))

    kernel, _ = ridge.solve(0.1)

    assert kernel.sum(axis=0) == pytest.approx(np.ones(4), abs=1e-5)
