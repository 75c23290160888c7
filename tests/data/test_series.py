"""Tables to forecast: what is read, what is filled, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import ConfigError, DataError
from automl.core.windows import Windows
from automl.data.forecast_table import channels_of
from automl.data.modalities.series import SERIES
from automl.data.modality import Dataset, ReadOptions
from automl.data.source import open_source


def hours(count: int, start: str = "2024-01-01") -> pd.DataFrame:
    values = np.arange(count, dtype=float)
    times = pd.date_range(start, periods=count, freq="h").astype(str)
    return pd.DataFrame({"time": times, "load": values, "heat": -values})


def read(frame: pd.DataFrame, **options: object) -> Dataset:
    return SERIES.read(open_source(frame), ReadOptions(**{"target": ("load",), **options}))


def test_windows_follow_each_other_and_targets_come_first() -> None:
    frame = hours(40)[["time", "heat", "load"]]
    dataset = read(frame, lookback=6, horizon=3)
    assert dataset.examples.targets is not None
    series, targets = dataset.examples.inputs["series"], dataset.examples.targets["target"]
    assert dataset.columns == ("load", "heat")
    assert series.shape == (32, 6, 2)
    assert targets.shape == (32, 3, 1)
    assert series[5, :, 0].tolist() == [5, 6, 7, 8, 9, 10]
    assert targets[5, :, 0].tolist() == [11, 12, 13]
    assert dataset.windows is not None
    assert dataset.windows.origins[5] - dataset.windows.origins[0] == 5


def test_what_is_the_time_and_what_is_forecast_is_told() -> None:
    dataset = read(hours(40), lookback=6, horizon=3)

    assert dataset.kinds == {"load": "series", "heat": "covariates"}
    assert dataset.windows is not None
    assert dataset.windows.times == "time, each hour, 2024-01-01 00:00:00 to 2024-01-02 15:00:00"


@pytest.mark.parametrize(
    ("freq", "told"),
    [("15min", "each 15 minutes"), ("D", "each day"), ("MS", "each month"), ("7D", "each week")],
)
def test_steps_are_told_in_words(freq: str, told: str) -> None:
    times = pd.date_range("2010-01-01", periods=60, freq=freq).astype(str)

    dataset = read(pd.DataFrame({"t": times, "load": np.arange(60.0)}), horizon=2, lookback=4)

    assert dataset.windows is not None
    assert told in dataset.windows.times


def test_several_series_and_rows_without_times_are_told() -> None:
    frame = pd.DataFrame({"shop": ["a", "b"] * 30, "load": np.arange(60.0)})

    dataset = read(frame, id_column="shop", horizon=2, lookback=4)

    assert dataset.windows is not None
    assert dataset.windows.times == "none: rows are steps, in their order; 2 series by shop"


def test_windows_are_called_by_their_first_step_and_their_series() -> None:
    frame = pd.concat([hours(40).assign(shop=shop) for shop in (7, 8)])

    examples = read(frame, id_column="shop", horizon=2, lookback=4).examples
    last = examples.take(np.array([0, len(examples) - 1]))

    assert list(last.keys) == ["time from", "shop"]
    assert list(last.keys["time from"]) == ["2024-01-01 04:00:00", "2024-01-02 14:00:00"]
    assert last.keys["shop"].tolist() == [7, 8]


def test_windows_and_parts_of_them_take_the_memory_of_the_series() -> None:
    examples = read(hours(500), lookback=100, horizon=3).examples
    part = examples.take(np.arange(50, 300, 2))

    assert examples.targets
    assert part.targets
    for whole, taken in (
        (examples.inputs["series"], part.inputs["series"]),
        (examples.targets["target"], part.targets["target"]),
    ):
        assert isinstance(taken, Windows)
        assert taken.base is whole.base
        np.testing.assert_array_equal(np.asarray(taken), np.asarray(whole)[50:300:2])


@pytest.mark.parametrize("target", [(), ("*",)])
def test_without_a_target_all_numeric_columns_are_forecast(target: tuple[str, ...]) -> None:
    assert read(hours(60), target=target, task="forecasting").target_names == ("load", "heat")


@pytest.mark.parametrize(
    ("freq", "season"),
    [
        ("h", 24),
        ("15min", 96),
        ("D", 7),
        ("MS", 12),
        ("ME", 12),
        ("QS", 4),
        ("YS", 1),
        ("W", 52),
        ("min", 60),
    ],
)
def test_the_season_follows_from_the_step(freq: str, season: int) -> None:
    times = pd.date_range("2010-01-01", periods=60, freq=freq).astype(str)
    dataset = read(pd.DataFrame({"t": times, "load": np.arange(60.0)}), horizon=2, lookback=4)
    assert dataset.windows is not None
    assert dataset.windows.season == season


def test_default_horizon_is_a_season_and_lookback_eight_of_them() -> None:
    windows = read(hours(1000), task="forecasting").windows
    assert windows is not None
    assert (windows.horizon, windows.lookback) == (24, 192)


def test_default_lookback_is_at_most_a_quarter_of_the_series() -> None:
    windows = read(hours(100), horizon=12).windows
    assert windows is not None
    assert windows.lookback == 25


def test_unordered_rows_gaps_and_missing_values_are_mended_and_counted() -> None:
    frame = hours(40).drop(index=[10, 11])
    frame.loc[20, "load"] = np.nan
    dataset = read(frame.sample(frac=1, random_state=0), lookback=39, horizon=1)
    past = dataset.examples.inputs["series"][0, :, 0]
    assert past[8:13].tolist() == [8, 9, 9, 9, 12]
    assert past[19:22].tolist() == [19, 19, 21]
    assert any("2 time steps had no row" in note for note in dataset.notes)
    assert any("1 missing values" in note for note in dataset.notes)


def test_few_doubled_times_are_averaged_and_many_refused() -> None:
    frame = hours(40)
    doubled = pd.concat([frame, frame.iloc[[5]].assign(load=7.0)])
    dataset = read(doubled, lookback=39, horizon=1)
    assert dataset.examples.inputs["series"][0, 5, 0] == 6
    assert any("averaged" in note for note in dataset.notes)
    with pytest.raises(DataError, match="id column"):
        read(pd.concat([frame, frame]), lookback=4, horizon=1)


def test_mostly_missing_steps_are_refused() -> None:
    frame = pd.concat([hours(20), hours(20, "2025-01-01")])
    with pytest.raises(DataError, match="more than half would have to be filled in"):
        read(frame, lookback=4, horizon=1)


def test_an_unparsable_time_is_refused_with_row_and_value() -> None:
    frame = hours(30)
    frame.loc[7, "time"] = "yesterday"
    with pytest.raises(DataError, match=r"data row 8.*'yesterday' \(1 of 30"):
        read(frame, time_column="time", horizon=2)


def test_a_horizon_longer_than_the_data_is_refused_with_numbers() -> None:
    with pytest.raises(DataError, match=r"at least 110 steps.*look-back 10 \+ horizon 100.*has 60"):
        read(hours(60), lookback=10, horizon=100)


@pytest.mark.parametrize("options", [{"horizon": 0}, {"horizon": 3, "lookback": -1}])
def test_lengths_below_one_step_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="at least 1 step"):
        read(hours(60), **options)


def test_an_unknown_target_offers_the_nearest() -> None:
    with pytest.raises(DataError, match=r"no column 'laod'.*'load'"):
        read(hours(30), target=("laod",), horizon=2)


def test_a_target_of_text_is_refused_with_row_and_value() -> None:
    frame = hours(30).astype({"load": object})
    frame.loc[3, "load"] = "much"
    with pytest.raises(DataError, match=r"data row 4.*'much'"):
        read(frame, horizon=2)


def test_an_all_missing_target_is_refused_and_such_a_covariate_dropped() -> None:
    frame = hours(30).assign(blank=np.nan)
    assert any("'blank' was dropped" in note for note in read(frame, horizon=2).notes)
    with pytest.raises(DataError, match="all are missing"):
        read(frame, target=("blank",), horizon=2)


def test_columns_are_kept_and_dropped_and_an_index_is_no_covariate() -> None:
    frame = hours(40)
    frame.insert(0, "Unnamed: 0", range(40))
    dataset = read(frame, horizon=2)
    assert dataset.columns == ("load", "heat")
    assert any("'Unnamed: 0' has no name and holds row numbers" in note for note in dataset.notes)
    chosen = read(frame, horizon=2, keep=("Unnamed: 0",), drop=("heat",))
    assert chosen.columns == ("load", "Unnamed: 0")
    with pytest.raises(DataError, match=r"no column 'heath'\. Did you mean 'heat'"):
        read(frame, horizon=2, drop=("heath",))


def test_infinite_and_huge_values_count_as_missing() -> None:
    frame = hours(30)
    frame.loc[4, "load"], frame.loc[6, "load"] = np.inf, 1e308
    dataset = read(frame, horizon=1, lookback=29)
    assert dataset.examples.inputs["series"][0, 3:7, 0].tolist() == [3, 3, 5, 5]
    assert any("2 cells were not finite numbers" in note for note in dataset.notes)


def test_many_series_in_long_form_stay_apart() -> None:
    frame = pd.concat([hours(30).assign(shop="a"), hours(20).assign(shop="b"), hours(3).assign(shop="c")])
    dataset = read(frame, id_column="shop", lookback=4, horizon=2)
    assert len(dataset.examples) == 25 + 15
    assert any("1 series with fewer than 6 steps" in note for note in dataset.notes)
    examples, _ = SERIES.read_again(open_source(frame), dataset.schema, targets=False)
    assert examples.keys["shop"].tolist() == ["a", "b"]
    assert examples.keys["time"][1].tolist() == ["2024-01-01 20:00:00", "2024-01-01 21:00:00"]


def test_a_csv_without_times_is_taken_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("\n".join(f"{row},{row * 2}" for row in range(30)))
    dataset = SERIES.read(
        open_source(path), ReadOptions(target=("*",), header=False, horizon=2, lookback=3)
    )
    assert dataset.columns == ("c0", "c1")
    assert dataset.windows is not None
    assert dataset.windows.season == 1


def test_an_array_is_forecast_by_columns() -> None:
    dataset = SERIES.read(open_source(np.random.rand(50, 2)), ReadOptions(horizon=2, lookback=3))
    assert dataset.examples.inputs["series"].shape == (46, 3, 2)


def test_prediction_goes_on_behind_the_last_row() -> None:
    dataset = read(hours(60), lookback=4, horizon=3)
    schema = json.loads(json.dumps(dataset.schema))
    later = hours(10, "2024-02-01")[["heat", "time", "load"]].assign(extra="x")
    examples, notes = SERIES.read_again(open_source(later), schema, targets=False)
    assert examples.targets is None
    assert examples.inputs["series"][0, :, 0].tolist() == [6, 7, 8, 9]
    assert examples.keys["time"][0, 0] == "2024-02-01 10:00:00"
    assert any("extra" in note for note in notes)


def test_a_file_that_goes_on_directly_gets_context_and_one_with_a_gap_does_not() -> None:
    whole = hours(100)
    schema = read(whole[:60], lookback=10, horizon=3).schema
    direct, notes = SERIES.read_again(open_source(whole[60:]), schema, targets=True)
    apart, _ = SERIES.read_again(open_source(whole[61:]), schema, targets=True)
    assert len(direct) == 40 - 3 + 1
    assert direct.inputs["series"][0, :, 0].tolist() == list(range(50, 60))
    assert any("context" in note for note in notes)
    assert len(apart) == 39 - 10 - 3 + 1


def test_a_prediction_file_that_lacks_a_column_or_is_short_is_refused() -> None:
    schema = read(hours(60), lookback=10, horizon=3).schema
    with pytest.raises(DataError, match="no column 'heat'"):
        SERIES.read_again(open_source(hours(20).drop(columns="heat")), schema, targets=False)
    with pytest.raises(DataError, match=r"at least 10 steps.*has 5"):
        SERIES.read_again(open_source(hours(5, "2025-01-01")), schema, targets=False)


def test_statistics_are_of_the_training_rows_alone() -> None:
    frame = hours(100)
    frame.loc[60:, "load"] = 1e6
    dataset = read(frame, lookback=10, horizon=2)
    rows = np.arange(49)
    facts = SERIES.facts(dataset, rows)
    known = frame["load"][:60].to_numpy()
    assert facts["mean"] == pytest.approx([known.mean()])
    assert facts["std"] == pytest.approx([known.std()])
    assert facts["naive_mae"] == pytest.approx([24.0])


def test_fitted_model_standardises_and_leaves_a_constant_channel_finite() -> None:
    frame = hours(60).assign(heat=5.0)
    dataset = read(frame, lookback=10, horizon=2)
    preprocessing = SERIES.fit(dataset, np.arange(len(dataset.examples)), 0)
    sequence = preprocessing.transform(dataset.examples)["sequence"]
    assert preprocessing.inputs[0].facts.targets == 1
    assert preprocessing.inputs[0].shape == (10, 2)
    assert np.abs(sequence[..., 0]).max() < 2
    assert np.all(sequence[..., 1] == 0)


@pytest.mark.parametrize("rows", [np.arange(200), np.arange(10, 150, 3)])
def test_windows_are_preprocessed_through_their_series_as_one_by_one(rows: np.ndarray) -> None:
    shops = [hours(90).assign(shop="a"), hours(150).assign(shop="b", load=lambda frame: frame["load"] ** 2)]
    dataset = read(pd.concat(shops), id_column="shop", lookback=10, horizon=5)
    preprocessing = SERIES.fit(dataset, rows, 0)

    series = preprocessing.transform(dataset.examples, rows)["sequence"]

    raw = dataset.examples.inputs["series"][rows]
    assert isinstance(series, Windows)
    np.testing.assert_array_equal(
        np.asarray(series), preprocessing.model.predict({"series": raw}, verbose=0)["sequence"]
    )


def test_statistics_of_scattered_windows_count_each_row_of_a_run_once() -> None:
    dataset = read(hours(60), lookback=4, horizon=2)

    mean = SERIES.facts(dataset, np.array([30, 31, 0]))["mean"]

    assert mean == pytest.approx([np.mean([*range(6), *range(30, 37)])])


def days(count: int, start: str = "2022-01-01", **columns: object) -> pd.DataFrame:
    times = pd.date_range(start, periods=count).strftime("%Y-%m-%d")
    return pd.DataFrame({"time": times, "load": np.arange(count, dtype=float), **columns})


def test_blank_targets_at_the_end_are_days_asked_for_and_no_observations() -> None:
    frame = days(60, promo=1.0)
    frame.loc[50:, "load"] = np.nan
    dataset = read(frame, lookback=5, horizon=10)
    examples, _ = SERIES.read_again(open_source(frame), dataset.schema, targets=False)
    assert len(dataset.examples) == 50 - 5 - 10 + 1
    assert examples.keys["time"][0, [0, -1]].tolist() == ["2022-02-20", "2022-03-01"]
    assert examples.inputs["series"][0, :, 0].tolist() == [45, 46, 47, 48, 49]
    note = next(note for note in dataset.notes if "not observations" in note)
    assert getattr(note, "share", 0) == pytest.approx(10 / 60)


def test_rows_begin_where_every_target_has_begun_and_end_where_one_ends() -> None:
    frame = days(60, other=np.arange(60.0))
    frame.loc[:19, "load"], frame.loc[50:, "other"] = np.nan, np.nan
    dataset = read(frame, target=("load", "other"), lookback=5, horizon=2)
    assert np.asarray(dataset.examples.inputs["series"])[0, 0].tolist() == [20, 20]
    assert len(dataset.examples) == 30 - 5 - 2 + 1
    assert any("20 rows before every target" in note for note in dataset.notes)


def test_a_covariate_that_begins_late_counts_as_its_mean_until_then() -> None:
    frame = days(60, heat=np.arange(60.0))
    frame.loc[:19, "heat"] = np.nan
    dataset = read(frame, lookback=5, horizon=2)
    sequence = SERIES.fit(dataset, np.arange(54), 0).transform(dataset.examples)["sequence"]
    assert np.asarray(sequence)[0, :, 1].tolist() == [0, 0, 0, 0, 0]
    assert any("20 missing values before a covariate begins" in note for note in dataset.notes)


@pytest.mark.parametrize(
    ("new", "first", "past"),
    [
        (days(5, "2022-02-10").assign(load=np.nan), "2022-02-10", [37, 38, 39]),
        (days(5, "2022-02-10")[["time"]], "2022-02-10", [37, 38, 39]),
        (days(2, "2022-02-09").assign(load=[7.0, 8.0]), "2022-02-11", [38, 7, 8]),
        (days(2, "2022-02-10").assign(load=[7.0, np.nan]), "2022-02-11", [38, 39, 7]),
    ],
    ids=["blank", "no target column", "overlapping", "going on"],
)
def test_rows_that_follow_training_are_forecast_from_its_last_rows(
    new: pd.DataFrame, first: str, past: list[float]
) -> None:
    schema = json.loads(json.dumps(read(days(40), lookback=3, horizon=5).schema))
    examples, notes = SERIES.read_again(open_source(new), schema, targets=False)
    assert examples.keys["time"][0, 0] == first
    assert examples.inputs["series"][0, :, 0].tolist() == past
    assert any("context" in note for note in notes)


def test_days_asked_for_beyond_the_horizon_are_told() -> None:
    schema = read(days(40), lookback=3, horizon=5).schema
    _, notes = SERIES.read_again(open_source(days(9, "2022-02-10")[["time"]]), schema, targets=False)
    assert any("up to 4 steps more" in note for note in notes)


def test_rows_asked_for_of_an_unknown_series_are_refused() -> None:
    schema = read(days(40, id="a"), id_column="id", lookback=3, horizon=5).schema
    new = days(5, "2022-02-10", id="z").assign(load=np.nan)
    with pytest.raises(DataError, match="every target has a value, found none"):
        SERIES.read_again(open_source(new), schema, targets=False)


@pytest.mark.parametrize("offset", [1e9, 1e12, 1_666_828_800.0, 2_459_880.5])
def test_large_offsets_leave_every_digit(offset: float) -> None:
    values = offset + np.arange(60) % 2
    dataset = read(days(60).assign(load=values), lookback=4, horizon=2)
    facts = SERIES.facts(dataset, np.arange(54))
    sequence = SERIES.fit(dataset, np.arange(54), 0).transform(dataset.examples)["sequence"]
    assert facts["mean"] == pytest.approx([offset + 0.5], abs=0.01)
    assert facts["naive_mae"] == [1.0]
    np.testing.assert_allclose(np.abs(np.asarray(sequence)[..., 0]), 1, rtol=0.05)


def test_booleans_of_a_file_are_covariates_as_those_of_a_frame_are(tmp_path: Path) -> None:
    frame = hours(40).assign(open=[True, False] * 20)
    frame.to_csv(tmp_path / "train.csv", index=False)
    dataset = SERIES.read(open_source(tmp_path / "train.csv"), ReadOptions(target=("load",), horizon=2))
    frame.assign(open="t").to_csv(tmp_path / "new.csv", index=False)
    again, _ = SERIES.read_again(open_source(tmp_path / "new.csv"), dataset.schema, targets=False)

    assert dataset.columns == ("load", "heat", "open")
    np.testing.assert_array_equal(
        dataset.examples.inputs["series"], read(frame, horizon=2).examples.inputs["series"]
    )
    assert np.asarray(again.inputs["series"])[0, :, 2].tolist() == [1.0] * dataset.schema["lookback"]


def test_only_forecasts_have_channels_that_are_columns() -> None:
    assert channels_of(read(hours(40), horizon=2).schema) == ("load", "heat")
    assert channels_of({"channels": 3}) == ()


def test_several_series_have_scales_of_their_own() -> None:
    steps = np.arange(60)
    frame = pd.DataFrame(
        {
            "shop": np.repeat(["a", "b"], 60),
            "step": np.tile(steps, 2),
            "load": np.concatenate([steps % 2, 1000.0 * (steps % 2) + steps]),
        }
    )
    options = ReadOptions(target=("load",), id_column="shop", time_column="step", horizon=2, lookback=4)
    dataset = SERIES.read(open_source(frame), options)
    rows = np.arange(len(dataset.examples))

    scales = SERIES.facts(dataset, rows)["scales"]

    assert dataset.examples.groups is not None
    assert dataset.examples.take(rows[:3]).groups.tolist() == ["a", "a", "a"]
    assert set(scales) == {"a", "b"}
    assert scales["a"][0] == pytest.approx([0.5], abs=1e-6)
    assert scales["b"][0][0] > 400
    assert (
        SERIES.facts(SERIES.read(open_source(frame[:60]), replace(options, id_column=None)), rows[:30])[
            "scales"
        ]
        == {}
    )
