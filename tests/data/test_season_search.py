"""Seasons found in the values themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.data.modalities.series import SERIES
from automl.data.modality import ReadOptions
from automl.data.season_search import find_season
from automl.data.source import open_source

RNG = np.random.default_rng(0)


def wave(season: int, steps: int, noise: float = 0.2) -> np.ndarray:
    shape = RNG.normal(size=season)
    return np.resize(shape, steps) + noise * RNG.normal(size=steps)


@pytest.mark.parametrize("season", [2, 7, 12, 24, 60])
def test_a_season_is_found_whatever_the_trend_and_the_size(season: int) -> None:
    series = [scale * (wave(season, 400) + 0.1 * np.arange(400)) for scale in (1e-3, 1.0, 1e6)]

    assert find_season(series) == season


def test_the_shorter_of_two_seasons_is_taken_where_it_does_about_as_well() -> None:
    assert find_season([wave(6, 500) + 0.1 * wave(42, 500)]) == 6


@pytest.mark.parametrize(
    "series",
    [
        [RNG.normal(size=500)],
        [RNG.normal(size=500).cumsum()],
        [np.arange(300.0)],
        [np.ones(300)],
        [np.array([1.0, 2.0])],
        [np.sin(np.arange(100) / 8)],
        [],
    ],
)
def test_no_season_is_found_where_none_is_clear(series: list[np.ndarray]) -> None:
    assert find_season(series) == 1


def test_columns_of_a_table_count_each() -> None:
    assert find_season([np.stack([wave(8, 200), wave(8, 200)], axis=1)]) == 8


def test_a_forecast_of_numbered_steps_has_the_season_that_was_found_and_says_so() -> None:
    frame = pd.DataFrame({"step": np.arange(300), "load": wave(24, 300)})

    dataset = SERIES.read(
        open_source(frame), ReadOptions(target=("load",), time_column="step", task="forecasting")
    )

    assert dataset.windows is not None
    assert (dataset.windows.season, dataset.windows.horizon) == (24, 24)
    assert any("repeat every 24 steps" in note for note in dataset.notes)
