"""Times of forecasts: which axis they lie on, and what a person would write behind the last one."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.modalities.series import SERIES
from automl.data.modality import Dataset, ReadOptions
from automl.data.source import open_source


def table(times: object, **columns: object) -> pd.DataFrame:
    texts = [str(time) for time in times]  # type: ignore[attr-defined]
    return pd.DataFrame({"date": texts, "y": np.arange(len(texts)) % 7.0, **columns})


def read(frame: object, **options: object) -> Dataset:
    given = {"target": ("y",), "horizon": 2, "lookback": 4, **options}
    return SERIES.read(open_source(frame), ReadOptions(**given))  # type: ignore[arg-type]


def forecast(train: object, new: object = None, **options: object) -> dict[str, list[Any]]:
    """Times forecast for each series, and the notes under ``notes``."""
    schema = json.loads(json.dumps(read(train, **options).schema))
    examples, notes = SERIES.read_again(open_source(train if new is None else new), schema, targets=False)
    names = examples.keys.get("id", np.array([""]))
    times = {str(name): row.tolist() for name, row in zip(names, examples.keys["time"], strict=True)}
    return {**times, "notes": list(notes)}


@pytest.mark.parametrize(
    "freq",
    [
        *("MS", "ME", "BMS", "BME", "2MS", "QS", "QE", "YS", "YE", "WOM-3FRI"),
        *("B", "W-THU", "D", "28D", "30D", "365D"),
        *("SMS", "SME", "SMS-20"),
    ],
)
def test_a_forecast_of_dates_goes_on_as_pandas_does(freq: str) -> None:
    times = pd.date_range("2012-01-01", periods=42, freq=freq)
    expected = times[-2:].strftime("%Y-%m-%d").tolist()
    assert forecast(table(times[:-2].strftime("%Y-%m-%d")))[""] == expected


@pytest.mark.parametrize("freq", ["h", "7h", "15min", "90s", "12h"])
def test_a_forecast_of_hours_goes_on_as_pandas_does(freq: str) -> None:
    times = pd.date_range("2012-01-01", periods=42, freq=freq)
    assert forecast(table(times[:-2]))[""] == [str(time) for time in times[-2:]]


@pytest.mark.parametrize(
    ("first", "expected"),
    [("15", ["2016-01-15", "2016-02-15"]), ("30", ["2016-01-30", "2016-02-29"])],
)
def test_months_keep_their_day(first: str, expected: list[str]) -> None:
    start = pd.Timestamp(f"2012-01-{first}")
    times = [(start + pd.DateOffset(months=count)).date() for count in range(48)]
    assert forecast(table(times))[""] == expected


@pytest.mark.parametrize(("freq", "dropped"), [("MS", [5, 20, 21]), ("B", [7, 8, 30]), ("D", [3, 17])])
def test_gaps_change_no_axis_and_are_told(freq: str, dropped: list[int]) -> None:
    times = pd.date_range("2022-01-03", periods=62, freq=freq)
    found = forecast(table(times[:-2].delete(dropped).strftime("%Y-%m-%d")))
    assert found[""] == times[-2:].strftime("%Y-%m-%d").tolist()
    assert any(f"{len(dropped)} time steps had no row" in note for note in found["notes"])


@pytest.mark.parametrize(
    "form",
    [
        *("%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%b %d, %Y", "%A, %B %d, %Y", "%d-%b-%y", "%d. %B %Y"),
        *("%Y%m%d", "%Y.%m.%d", "%m/%d/%Y %I:%M %p", "%Y-%m-%dT%H:%M:%S"),
    ],
)
def test_dates_in_other_forms_are_read_and_newest_first_is_sorted(form: str) -> None:
    times = pd.date_range("2022-01-01", periods=60, freq="D")
    frame = table(times.strftime(form)).iloc[::-1].reset_index(drop=True)
    dataset = read(frame)
    assert forecast(frame)[""] == ["2022-03-02", "2022-03-03"]
    assert np.asarray(dataset.examples.inputs["series"])[0, :, 0].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([f"{year}Q{q}" for year in range(2010, 2020) for q in (1, 2, 3, 4)], ["2020Q1", "2020Q2"]),
        ([f"Q{q} {year}" for year in range(2010, 2020) for q in (1, 2, 3, 4)], ["2020Q1", "2020Q2"]),
        ([f"2022-W{week:02d}" for week in range(1, 43)], ["2022-W43", "2022-W44"]),
        ([f"{year}-{m:02d}" for year in range(2018, 2021) for m in range(1, 13)], ["2021-01", "2021-02"]),
        ([f"{year}{m:02d}" for year in range(2018, 2021) for m in range(1, 13)], ["2021-01", "2021-02"]),
        (list(range(1980, 2020)), ["2020", "2021"]),
        (
            [1_640_995_200 + 3600 * hour for hour in range(48)],
            ["2022-01-03 00:00:00", "2022-01-03 01:00:00"],
        ),
        (list(range(44562, 44602)), ["2022-02-10", "2022-02-11"]),
    ],
    ids=["quarter", "quarter first", "week", "month", "digits", "year", "Unix", "Excel"],
)
def test_periods_and_numbers_are_times_under_such_a_name(times: list[object], expected: list[str]) -> None:
    assert forecast(table(times))[""] == expected


def test_what_looks_like_dates_and_cannot_be_read_is_refused() -> None:
    frame = table([f"{day}. Brumaire 1799" for day in range(1, 31)])
    with pytest.raises(DataError, match=r"'1. Brumaire 1799'.*--time-column"):
        read(frame)


def test_the_form_of_training_is_kept_for_a_file_that_fits_another() -> None:
    hours = pd.date_range("2024-01-01", periods=80 * 24, freq="h")
    frame = table(hours.strftime("%d/%m/%Y %H:%M"))
    day = table([f"05/03/2024 {hour:02d}:00" for hour in range(24)])
    assert forecast(frame, day)[""] == ["2024-03-06 00:00:00", "2024-03-06 01:00:00"]


def test_an_ambiguous_form_is_the_more_regular_one_and_told() -> None:
    months = pd.date_range("2015-01-01", periods=40, freq="MS")
    frame = table(months.strftime("%d/%m/%Y"))
    assert forecast(frame)[""] == ["2018-05-01", "2018-06-01"]
    assert any("could be %m/%d/%Y" in note for note in read(frame).notes)


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (lambda y: pd.DataFrame({"y": y}, pd.date_range("2022-01-01", periods=60)), datetime(2022, 3, 2)),
        (
            lambda y: pd.Series(y, pd.date_range("2022-01-01", periods=60)[::-1], name="y"),
            datetime(2022, 3, 2),
        ),
        (lambda y: pd.DataFrame({"y": y}, pd.period_range("2015-01", periods=60, freq="M")), "2020-01"),
        (lambda y: pd.DataFrame({"y": y}, pd.period_range("2015Q1", periods=60, freq="Q")), "2030Q1"),
        (
            lambda y: pd.DataFrame({"y": y}, pd.date_range("2022-09-01", periods=60, tz="Europe/Berlin")),
            pd.Timestamp("2022-10-31", tz="Europe/Berlin"),
        ),
    ],
    ids=["dates", "series, newest first", "months", "quarters", "zone"],
)
def test_an_index_of_times_is_the_time_and_keeps_its_type(frame: object, expected: object) -> None:
    assert forecast(frame(np.arange(60.0)))[""][0] == expected  # type: ignore[operator]


def test_an_index_of_ids_and_times_gives_series_whose_ids_keep_their_type() -> None:
    index = pd.MultiIndex.from_product([[7, 8], pd.date_range("2022-01-01", periods=30)], names=["id", "t"])
    frame = pd.DataFrame({"y": np.arange(60.0)}, index)
    dataset = read(frame)
    examples, _ = SERIES.read_again(open_source(frame), dataset.schema, targets=False)
    assert examples.keys["id"].tolist() == [7, 8]
    assert examples.keys["time"][1].tolist() == [datetime(2022, 1, 31), datetime(2022, 2, 1)]


def test_a_frame_by_its_index_goes_on_from_a_file_with_a_column() -> None:
    frame = table(pd.date_range("2022-01-01", periods=40).strftime("%Y-%m-%d"))
    indexed = frame.assign(date=pd.to_datetime(frame["date"])).set_index("date").rename_axis(None)
    assert forecast(frame, indexed)[""] == [datetime(2022, 2, 10), datetime(2022, 2, 11)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("W-MON", "W-THU", {"A": ["2020-10-12", "2020-10-19"], "B": ["2020-10-08", "2020-10-15"]}),
        ("MS", "ME", {"A": ["2023-05-01", "2023-06-01"], "B": ["2023-05-31", "2023-06-30"]}),
    ],
)
def test_each_series_keeps_its_phase(one: str, other: str, expected: dict[str, list[str]]) -> None:
    parts = [
        table(pd.date_range("2020-01-01", periods=40, freq=freq).strftime("%Y-%m-%d"), id=name)
        for name, freq in (("A", one), ("B", other))
    ]
    found = forecast(pd.concat(parts), id_column="id")
    assert {name: found[name] for name in "AB"} == expected


def test_series_of_other_steps_are_left_out_or_refused() -> None:
    days = pd.date_range("2022-01-01", periods=140)
    many, weekly = table(days.strftime("%Y-%m-%d"), id="a"), table(days[::7].strftime("%Y-%m-%d"), id="b")
    found = forecast(pd.concat([many, weekly]), id_column="id")
    assert set(found) == {"a", "notes"}
    assert any("20 rows are of series with other steps" in note for note in found["notes"])
    with pytest.raises(DataError, match="same step in every series"):
        read(pd.concat([many[:20], weekly]), id_column="id")


@pytest.mark.parametrize(
    ("freq", "expected"),
    [
        ("D", ["2022-12-10 00:00:00+01:00", "2022-12-11 00:00:00+01:00"]),
        ("h", ["2022-10-05 05:00:00+02:00", "2022-10-05 06:00:00+02:00"]),
        ("MS", ["2031-02-01 00:00:00+01:00", "2031-03-01 00:00:00+01:00"]),
    ],
)
def test_offsets_that_change_are_those_of_a_zone(freq: str, expected: list[str]) -> None:
    start = {"D": "2022-09-01", "h": "2022-10-01", "MS": "2022-10-01"}[freq]
    times = pd.date_range(start, periods=100, freq=freq, tz="Europe/Berlin")
    if freq == "h":
        times = pd.date_range("2022-10-01 01:00", periods=100, freq="h", tz="Europe/Berlin")
    assert forecast(table([time.isoformat() for time in times]))[""] == expected


def test_hours_of_a_day_with_25_are_neither_doubled_nor_filled() -> None:
    times = pd.date_range("2022-10-29", periods=60, freq="h", tz="Europe/Berlin")
    dataset = read(table([time.isoformat() for time in times]))
    assert len(dataset.examples) == 60 - 4 - 2 + 1
    assert not any("averaged" in note or "filled" in note for note in dataset.notes)


def test_times_beside_the_steps_are_called_irregular_and_others_refused() -> None:
    random = np.random.default_rng(0)
    steady = pd.date_range("2022-01-01", periods=200, freq="5min")
    found = forecast(table(steady + pd.to_timedelta(random.integers(-20, 20, 200), unit="s")))
    assert found[""] == ["2022-01-01 16:40:00", "2022-01-01 16:45:00"]
    assert any("irregular" in note for note in found["notes"])
    wild = pd.Timestamp("2022-01-01") + pd.to_timedelta(np.cumsum(random.exponential(300, 200)), unit="s")
    with pytest.raises(DataError, match=r"irregular.*Resample"):
        read(table(wild))


def test_numbers_under_a_name_of_times_are_the_time_of_each_series() -> None:
    years = list(range(2020, 1980, -1))
    frame = pd.DataFrame({"id": np.repeat(["a", "b"], 40), "Year": years * 2, "y": np.arange(80.0)})
    found = forecast(frame, id_column="id")
    assert found["a"] == found["b"] == ["2021", "2022"]


def test_steps_of_a_tenth_are_written_plainly_and_unsteady_numbers_are_no_times() -> None:
    tenths = pd.DataFrame({"time": np.arange(60) * 0.1, "y": np.arange(60.0)})
    waits = pd.DataFrame({"wait_time": np.random.default_rng(0).exponential(size=60), "y": np.arange(60.0)})
    assert forecast(tenths)[""] == ["6.0", "6.1"]
    assert read(waits).columns == ("y", "wait_time")


def test_rows_without_an_id_are_left_out_and_told() -> None:
    days = pd.date_range("2022-01-01", periods=30).strftime("%Y-%m-%d")
    frame = pd.concat([table(days, id="a"), table(days[:3], id=""), table(days, id="b")])
    found = forecast(frame, id_column="id")
    assert set(found) == {"a", "b", "notes"}
    assert any("3 rows without an id" in note for note in found["notes"])


def test_dekads_begin_on_the_same_three_days_of_each_month() -> None:
    times = [f"{2020 + month // 12}-{month % 12 + 1:02d}-{day}" for month in range(20) for day in (11, 21)]
    times = sorted([*times, *(f"{time[:-2]}01" for time in times[::2])])

    assert forecast(table(times[:-2]))[""] == times[-2:]


def test_weeks_are_no_days_of_the_month() -> None:
    assert forecast(table(pd.date_range("2021-02-01", "2021-04-20", freq="7D")))[""][0] == "2021-04-26"


def test_an_index_of_periods_is_the_time_whatever_its_name() -> None:
    frame = pd.DataFrame(
        {"y": np.arange(40.0)}, index=pd.period_range("1980", periods=40, freq="Y", name="p")
    )

    assert forecast(frame)[""] == ["2020", "2021"]


@pytest.mark.parametrize("unit", ["s", "ms"])
def test_unix_times_are_found_under_any_name_newest_first(unit: str) -> None:
    times = pd.date_range("2024-01-01", periods=40, freq="h").as_unit(unit).astype("int64")
    frame = pd.DataFrame({"when": times[::-1], "y": np.arange(40.0)})

    assert forecast(frame)[""] == ["2024-01-02 16:00:00", "2024-01-02 17:00:00"]


@pytest.mark.parametrize("index", [True, False])
def test_a_missing_time_of_a_frame_is_refused(index: bool) -> None:
    frame = pd.DataFrame({"date": pd.date_range("2024-01-01", periods=40), "y": np.arange(40.0)})
    frame.loc[7, "date"] = pd.NaT

    with pytest.raises(DataError, match="column 'date', data row 8: expected a time"):
        read(frame.set_index("date") if index else frame)
