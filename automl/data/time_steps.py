"""Steps of a time axis: equal ones, calendar months, days of the month, and weekdays.

Symbols: a *stamp* is a float64, microseconds since 1970 (or the number itself, where times are numbers). A
*position* is the integer place of a step, counted alike in all series. A *phase* says where within its step
a series has its stamps: on Mondays or on Thursdays, on the 1st, the 15th or the last day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

SECOND = 1e6
DAY = 86_400 * SECOND
BEGIN = np.datetime64("0001-01-01")
"""Weekdays are counted from here, so that no count is negative."""

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


@dataclass(frozen=True, kw_only=True)
class Phase:
    """Where within its step a series has its stamps.

    Attributes:
        shift: of equal steps the stamp's distance from a multiple of the step; else the time of day.
        month: of steps of several months, the month within the step.
        day: day of the month, ``31`` for the last, or a pandas alias: ``BMS``, ``BME``, ``WOM-3FRI``.
    """

    shift: float = 0.0
    month: int = 0
    day: str = ""


class Step(Protocol):
    """One kind of step."""

    @property
    def freq(self) -> str:
        """The step as a pandas frequency; for months that of a ``Period``; a number for numbered steps."""
        ...

    @property
    def season(self) -> int:
        """Steps of one season, 1 where none is known."""
        ...

    def phase(self, stamps: np.ndarray) -> Phase:
        """The phase that most stamps ``(n,)`` of one series have."""
        ...

    def positions(self, stamps: np.ndarray, phase: Phase) -> np.ndarray:
        """Places ``(n,)`` int64; a stamp between two steps goes to the nearest."""
        ...

    def stamps(self, positions: np.ndarray, phase: Phase) -> np.ndarray:
        """Stamps ``(n,)`` of positions."""
        ...


@dataclass(frozen=True, kw_only=True)
class Equal:
    """Steps of one length.

    Attributes:
        size: length of a step.
        dates: whether stamps are dates, not numbers.
    """

    size: float
    dates: bool = True

    @property
    def freq(self) -> str:
        """Such as ``h``, ``30D`` or, for numbers, ``0.5``."""
        if not self.dates:
            return repr(self.size)
        if self.size % DAY == 0:
            return f"{round(self.size / DAY)}D" if self.size > DAY else "D"
        return str(to_offset(pd.Timedelta(round(self.size), unit="us")).freqstr)

    @property
    def season(self) -> int:
        """A day for steps that divide it into at most 288 parts (hourly 24, 5 minutes 288), an hour for
        shorter ones that divide it (minutes 60), a week for days (7), a year for weeks (52) and for four
        weeks (13).
        """
        if not self.dates:
            return 1
        for period, shortest in ((DAY, DAY / 288), (DAY / 24, SECOND), (DAY, SECOND)):
            parts = period / self.size
            if shortest <= self.size < period and parts == round(parts) > 1:
                return round(parts)
        return {DAY: 7, 7 * DAY: 52, 28 * DAY: 13}.get(self.size, 1)

    def phase(self, stamps: np.ndarray) -> Phase:
        """What most stamps leave when divided by the step.

        Of irregular stamps, of which no half share a remainder, the middle one on a circle; to a sixtieth
        of the step, so that times to come are plain.
        """
        rest = np.mod(stamps, self.size)
        values, counts = np.unique(rest, return_counts=True)
        if 2 * counts.max() >= len(stamps):
            return Phase(shift=float(values[np.argmax(counts)]))
        angle = float(np.angle(np.exp(2j * np.pi * rest / self.size).mean())) / (2 * np.pi)
        return Phase(shift=float(round(60 * angle) % 60 / 60 * self.size))

    def positions(self, stamps: np.ndarray, phase: Phase) -> np.ndarray:
        """As of ``Step``."""
        return np.asarray(np.rint((stamps - phase.shift) / self.size), np.int64)

    def stamps(self, positions: np.ndarray, phase: Phase) -> np.ndarray:
        """As of ``Step``."""
        return np.asarray(positions * self.size + phase.shift, np.float64)


@dataclass(frozen=True, kw_only=True)
class Months:
    """Steps of calendar months; their number is that of pandas' monthly ``Period``."""

    count: int

    @property
    def freq(self) -> str:
        """``M``, ``3M``, ``12M``."""
        return f"{self.count}M" if self.count > 1 else "M"

    @property
    def season(self) -> int:
        """Steps of a year."""
        return max(1, round(12 / self.count))

    def phase(self, stamps: np.ndarray) -> Phase:
        """Time of day, month within the step, and the rule that gives most of the days."""
        months = _months(stamps)
        rests, shares = np.unique(months % self.count, return_counts=True)
        days = _days(stamps)
        rules = _day_rules(months, days)
        fits = [int((_day_in(months, rule) == days).sum()) for rule in rules]
        return Phase(
            shift=_clock(stamps),
            month=int(rests[np.argmax(shares)]),
            day=rules[int(np.argmax(fits))],
        )

    def positions(self, stamps: np.ndarray, phase: Phase) -> np.ndarray:
        """As of ``Step``."""
        return np.asarray(np.floor_divide(_months(stamps) - phase.month, self.count), np.int64)

    def stamps(self, positions: np.ndarray, phase: Phase) -> np.ndarray:
        """As of ``Step``."""
        days = _day_in(positions * self.count + phase.month, phase.day)
        return _micro(days) + phase.shift


@dataclass(frozen=True, kw_only=True)
class MonthDays:
    """Steps between the same few days of each month: the 1st and the 15th, or the 1st, 11th and 21st.

    Attributes:
        days: of the month, ascending; ``31`` for the last.
    """

    days: tuple[int, ...]

    @property
    def freq(self) -> str:
        """``SM`` with the days: ``SM15-31`` is pandas' ``SME``."""
        return "SM" + "-".join(map(str, self.days))

    @property
    def season(self) -> int:
        """Steps of a year."""
        return 12 * len(self.days)

    def phase(self, stamps: np.ndarray) -> Phase:
        """The time of day."""
        return Phase(shift=_clock(stamps))

    def positions(self, stamps: np.ndarray, phase: Phase) -> np.ndarray:
        """As of ``Step``."""
        first = _months(stamps) * len(self.days)
        # the nearest may be the last of the month before or the first of the next
        places = first[:, None] + np.arange(-1, len(self.days) + 1)
        away = np.abs(self.stamps(places.reshape(-1), phase).reshape(places.shape) - stamps[:, None])
        return np.asarray(places[np.arange(len(places)), away.argmin(axis=1)], np.int64)

    def stamps(self, positions: np.ndarray, phase: Phase) -> np.ndarray:
        """As of ``Step``."""
        months, places = np.divmod(positions, len(self.days))
        every = np.stack([_day_in(months, str(day)) for day in self.days])
        return _micro(every[places, np.arange(len(places))]) + phase.shift


@dataclass(frozen=True, kw_only=True)
class Weekdays:
    """Steps of one day that leave out some days of each week.

    Attributes:
        mask: ``1`` for each day that counts, from Monday: ``1111100`` for business days.
    """

    mask: str

    @property
    def freq(self) -> str:
        """``B`` for business days, as in pandas; ``C`` with the mask for others."""
        return "B" if self.mask == "1111100" else f"C{self.mask}"

    @property
    def season(self) -> int:
        """Steps of a week."""
        return max(1, self.mask.count("1"))

    def phase(self, stamps: np.ndarray) -> Phase:
        """The time of day."""
        return Phase(shift=_clock(stamps))

    def positions(self, stamps: np.ndarray, phase: Phase) -> np.ndarray:
        """As of ``Step``; a day that is left out has the place of the next that is not."""
        return np.asarray(np.busday_count(BEGIN, _days(stamps), weekmask=self.mask), np.int64)

    def stamps(self, positions: np.ndarray, phase: Phase) -> np.ndarray:
        """As of ``Step``."""
        return _micro(np.busday_offset(BEGIN, positions, roll="forward", weekmask=self.mask)) + phase.shift


def step_of(freq: str, *, dates: bool) -> Step:
    """The step that ``Step.freq`` tells."""
    if not dates:
        return Equal(size=float(freq), dates=False)
    if freq == "B" or freq[0] == "C":
        return Weekdays(mask=freq[1:] or "1111100")
    if freq.startswith("SM"):
        return MonthDays(days=tuple(map(int, freq[2:].split("-"))))
    if freq.endswith("M"):
        return Months(count=int(freq[:-1] or 1))
    if freq.endswith("D"):
        return Equal(size=int(freq[:-1] or 1) * DAY)
    return Equal(size=float(pd.Timedelta(cast("Any", to_offset(freq))) / pd.Timedelta(1, unit="us")))


def calendar_steps(steps: np.ndarray) -> Months | None:
    """Months, where about that many lie between most successive stamps ``(steps,)``."""
    middle = float(np.median(steps)) / DAY
    count = round(middle / 30.44)
    return Months(count=count) if count >= 1 and abs(middle - 30.44 * count) <= 3.5 else None


def days_of_months(stamps: np.ndarray, steps: np.ndarray) -> MonthDays | None:
    """The two to four days on which all stamps ``(n,)`` of three months or more stand.

    Args:
        stamps: of all series.
        steps: between successive stamps; equal ones are weeks.
    """
    months, days = _months(stamps), _days(stamps)
    last = days == _day_in(months, "31")
    of_month = np.where(last, 31, (days - _day_in(months, "1")).astype(int) + 1)
    pairs = np.unique(months * 32 + of_month)
    found, counts = np.unique(pairs % 32, return_counts=True)
    many = len(np.unique(months))
    if not 2 <= len(found) <= 4 or many < 3 or len(np.unique(steps)) == 1:
        return None
    fits = (np.diff(found) >= 5).all() and counts.min() >= 0.5 * many
    return MonthDays(days=tuple(found.tolist())) if fits else None


def weekly_pattern(stamps: np.ndarray) -> Weekdays | None:
    """The days of the week on which there are stamps, where some never come.

    Two weekends tell business days; other days off must be missing for four weeks.
    """
    days = _days(stamps)
    seen = np.bincount((days.astype(np.int64) + 3) % 7, minlength=7) > 0
    mask = "".join("1" if day else "0" for day in seen)
    weeks = (days.max() - days.min()).astype(int) / 7
    enough = 1.5 if mask == "1111100" else 4
    return Weekdays(mask=mask) if 1 < mask.count("1") < 7 and weeks >= enough else None


def _clock(stamps: np.ndarray) -> float:
    """The commonest time of day."""
    clocks, counts = np.unique(np.mod(stamps, DAY), return_counts=True)
    return float(clocks[np.argmax(counts)])


def _months(stamps: np.ndarray) -> np.ndarray:
    """Months since 1970, which is the ordinal of pandas' monthly ``Period``."""
    return _days(stamps).astype("datetime64[M]").astype(np.int64)


def _days(stamps: np.ndarray) -> np.ndarray:
    return np.floor(stamps / SECOND).astype("datetime64[s]").astype("datetime64[D]")


def _micro(days: np.ndarray) -> np.ndarray:
    return days.astype("datetime64[D]").astype(np.int64) * DAY


def _day_rules(months: np.ndarray, days: np.ndarray) -> Sequence[str]:
    """Rules that may give the days, the plainest first."""
    of_month = (days - months.astype("datetime64[M]").astype("datetime64[D]")).astype(int) + 1
    common = np.bincount(of_month).argmax()
    weekday = int((days[-1].astype(np.int64) + 3) % 7)
    week = f"WOM-{(of_month[-1] - 1) // 7 + 1}{WEEKDAYS[weekday]}"
    # a day of 29 or more stands on the last day of a shorter month
    last = [str(of_month.max())] if of_month.max() > 28 else []
    ends = ["31"] if (_day_in(months, "31") == days).all() else []
    return list(dict.fromkeys([*ends, str(common), *last, "BMS", "BME", week]))


def _day_in(months: np.ndarray, rule: str) -> np.ndarray:
    """Day ``(n,)`` datetime64[D] that a rule gives in each month."""
    first = months.astype("datetime64[M]").astype("datetime64[D]")
    last = (months + 1).astype("datetime64[M]").astype("datetime64[D]") - 1
    if rule.isdigit():
        return np.asarray(np.minimum(first + (int(rule) - 1), last))
    if rule == "BMS":
        return np.asarray(np.busday_offset(first, 0, roll="forward"))
    if rule == "BME":
        return np.asarray(np.busday_offset(last, 0, roll="backward"))
    week, weekday = int(rule[4]), WEEKDAYS.index(rule[5:])
    ahead = (weekday - (first.astype(np.int64) + 3) % 7) % 7
    return np.asarray(np.minimum(first + ahead + 7 * (week - 1), last))
