"""Times of a table: parsed, brought onto a regular grid, and back to text.

A *stamp* is a time as float64: seconds since 1970 for dates, the number itself for numbered steps, the
row number where there is no time column. A *position* is a stamp's integer place on the grid.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.data.tables import as_number, as_text

Unit = Literal["rows", "number", "seconds", "months"]

DAY = 86_400.0
DAYS = ("%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y", "%b %Y")
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
FORMATS = tuple(day + clock for day in DAYS for clock in CLOCKS)
MONTHS = {1: (28, 31), 3: (89, 92), 6: (181, 184), 12: (365, 366)}
"""Calendar steps in months, with the shortest and longest such step in days."""


@dataclass(frozen=True, kw_only=True)
class TimeGrid:
    """Equally spaced times.

    Attributes:
        unit: what ``size`` counts.
        size: length of one step.
        start: stamp of position 0; for months, the number of months since 1970.
        day: day of the month that a monthly stamp falls on, 31 for the last.
        dates: whether stamps are dates (else numbers).
    """

    unit: Unit
    size: float = 1.0
    start: float = 0.0
    day: int = 1
    dates: bool = False

    def positions(self, stamps: np.ndarray) -> np.ndarray:
        """Places on the grid of stamps ``(n,)``, as int64; a stamp off the grid goes to the nearest."""
        counts = _months(stamps) if self.unit == "months" else stamps
        return np.asarray(np.rint((counts - self.start) / self.size), dtype=np.int64)

    def times(self, positions: np.ndarray) -> np.ndarray:
        """Times at positions ``(n,)``: datetime64[s], or numbers."""
        counts = positions * self.size + self.start
        if self.unit == "months":
            return _month_dates(counts.astype(np.int64), self.day)
        if self.dates:
            return np.rint(counts).astype("datetime64[s]")
        whole = bool(np.all(counts == np.rint(counts)))
        return counts.astype(np.int64) if whole else counts

    def labels(self, positions: np.ndarray) -> np.ndarray:
        """Times at positions ``(n,)`` as text, without the time of day where it is always midnight."""
        times = self.times(positions)
        if not self.dates:
            return times.astype(str)
        days = bool(np.all(times == times.astype("datetime64[D]")))
        text = np.datetime_as_string(times, unit="D" if days else "s")
        return np.char.replace(text, "T", " ")

    @property
    def season(self) -> int:
        """Steps of one season.

        A day for steps that divide it into at most 288 parts (hourly 24, 15 minutes 96, 5 minutes 288),
        an hour for shorter ones that divide it (minutes 60), a week for daily data (7), a year for weekly
        (52), monthly (12), quarterly (4) and half-yearly (2) data, otherwise 1: none known.
        """
        if self.unit == "months":
            return max(1, round(12 / self.size))
        if self.unit != "seconds":
            return 1
        return _season_of_seconds(self.size)

    def plain(self) -> dict[str, Any]:
        """The grid as JSON; ``TimeGrid(**plain)`` brings it back."""
        return asdict(self)


def find_time_column(frame: pd.DataFrame, candidates: list[str]) -> str | None:
    """Return the first column whose cells are all dates, or None; numbers are no dates."""
    for name in candidates:
        if pd.api.types.is_datetime64_any_dtype(frame[name].dtype):
            return name
        head = as_text(frame[name].iloc[:20])
        if any(_is_number(text) for text in head) or np.isnan(_dates(head)).any():
            continue
        if not np.isnan(_dates(as_text(frame[name]))).any():
            return name
    return None


def parse_times(column: pd.Series[Any], where: str) -> tuple[np.ndarray, bool]:
    """Parse the time of each row.

    Understood are ISO 8601 dates and the usual day-month-year and month-day-year forms (one form for the
    whole column; month first where both fit), Unix times in seconds or milliseconds, and numbered steps.

    Returns:
        stamps ``(n,)`` float64, and whether they are dates.

    Raises:
        DataError: a cell is empty or unparsable; the message names row and value.
    """
    numbers, bad = as_number(column)
    is_date = pd.api.types.is_datetime64_any_dtype(column.dtype)
    if not is_date and bad == 0 and np.isfinite(numbers).all():
        return _numbered(numbers)
    texts = as_text(column)
    stamps = _dates(texts)
    wrong = np.flatnonzero(np.isnan(stamps))
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{where}, column {column.name!r}, data row {row + 1}: expected a time such as"
            f" 2024-01-31 or 2024-01-31 15:00, got {str(texts[row])!r} ({len(wrong)} of {len(texts)} cells"
            " cannot be read as times). Mend these cells, or name another column as time column."
        )
    return stamps, True


def find_grid(stamps: np.ndarray, dates: bool, steps: np.ndarray) -> TimeGrid:
    """Find the grid that times lie on: the commonest step, in months where it is a calendar step.

    Args:
        stamps: all times ``(n,)``.
        dates: whether they are dates.
        steps: positive differences of successive times within each series.
    """
    start = float(stamps.min())
    size = _commonest(steps) if len(steps) else DAY
    if not len(steps):
        return (
            TimeGrid(unit="seconds", size=DAY, start=start, dates=True)
            if dates
            else TimeGrid(unit="number", start=start)
        )
    if not dates:
        return TimeGrid(unit="number", size=size, start=start)
    middle = float(np.median(steps)) / DAY
    for months, (low, high) in MONTHS.items():
        if low <= middle <= high and size > 7 * DAY:
            return _calendar_grid(stamps, months)
    return TimeGrid(unit="seconds", size=size, start=start, dates=True)


def _calendar_grid(stamps: np.ndarray, months: int) -> TimeGrid:
    first = float(_months(stamps).min())
    days = stamps.astype("datetime64[s]").astype("datetime64[D]")
    day = int((days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(int).max()) + 1
    return TimeGrid(unit="months", size=months, start=first, day=31 if day > 28 else day, dates=True)


def _numbered(numbers: np.ndarray) -> tuple[np.ndarray, bool]:
    low, high = numbers.min(), numbers.max()
    if low >= 1e9 and high < 5e9:
        return numbers, True
    if low >= 1e12 and high < 5e12:
        return numbers / 1e3, True
    return numbers, False


def _dates(texts: np.ndarray) -> np.ndarray:
    """Seconds since 1970 ``(n,)`` float64, NaN where unparsable, by the form that fits most cells."""
    best = _seconds(texts, "ISO8601")
    if not np.isnan(best).any():
        return best
    first = next((text for text in texts if text), "")
    for form in FORMATS:
        if np.isnan(_seconds(np.array([first], object), form)).any():
            continue
        stamps = _seconds(texts, form)
        if np.isnan(stamps).sum() < np.isnan(best).sum():
            best = stamps
    return best


def _seconds(texts: np.ndarray, form: str) -> np.ndarray:
    parsed = pd.to_datetime(pd.Series(texts, dtype=object), format=form, errors="coerce", utc=True)
    micro = parsed.dt.tz_localize(None).to_numpy("datetime64[us]")
    return np.where(np.isnat(micro), np.nan, micro.astype(np.int64) / 1e6)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _months(stamps: np.ndarray) -> np.ndarray:
    return stamps.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64).astype(np.float64)


def _month_dates(months: np.ndarray, day: int) -> np.ndarray:
    first = months.astype("datetime64[M]").astype("datetime64[D]")
    last = (months + 1).astype("datetime64[M]").astype("datetime64[D]") - 1
    return np.asarray(np.minimum(first + (day - 1), last), dtype="datetime64[s]")


def _commonest(steps: np.ndarray) -> float:
    values, counts = np.unique(steps, return_counts=True)
    return float(values[np.argmax(counts)])


def _season_of_seconds(size: float) -> int:
    for period, shortest in ((DAY, DAY / 288), (DAY / 24, 1.0), (DAY, 1.0)):
        parts = period / size
        if shortest <= size < period and abs(parts - round(parts)) < 1e-6 and round(parts) > 1:
            return round(parts)
    return {DAY: 7, 7 * DAY: 52}.get(size, 1)
