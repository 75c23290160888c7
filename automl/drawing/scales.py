"""From values to places on a drawing, and the ticks between them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from automl.core.figures import Axis, Number

PAD = 0.04
"""Share of an axis left free at each end."""

MOST_DIGITS = 4
"""Decimals of a column of numbers."""

LARGE = 1000.0
"""Size from which numbers have no decimals."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """An axis with its two ends, on a drawing from ``start`` to ``end``.

    Attributes:
        low: smallest value.
        high: largest value, above it.
        start: place of the smallest value.
        end: place of the largest; smaller than ``start`` where the axis goes up.
        log: whether equal ratios have equal lengths.
        categories: names of the positions, or empty.
        whole: whether all values are whole numbers, between which no tick stands.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False
    categories: tuple[str, ...] = ()
    whole: bool = False

    def at(self, value: float) -> float:
        """Return the place of a value."""
        low, high, value = (
            (math.log(self.low), math.log(self.high), math.log(max(value, 1e-300)))
            if self.log
            else (self.low, self.high, value)
        )
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def holds(self, value: Number) -> bool:
        """Whether a value lies on the axis; what a rounding is off counts."""
        slack = 1e-9 * (self.high - self.low)
        return value is not None and self.low - slack <= value <= self.high + slack

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Return the values that are written on the axis, with their texts."""
        if self.categories:
            return [(float(place), name) for place, name in enumerate(self.categories)]
        if self.log:
            return [(value, number_text(value)) for value in _log_ticks(self.low, self.high, most)]
        return _plain_ticks(self.low, self.high, most, least=1.0 if self.whole else 0.0)


def scale_of(axis: Axis, values: Iterable[Number], start: float, end: float) -> Scale:
    """Return the scale of an axis that holds the values, with room at ends that are not fixed."""
    if axis.categories:
        last = len(axis.categories) - 1
        return Scale(low=-0.5, high=last + 0.5, start=start, end=end, categories=axis.categories)
    known = [float(value) for value in values if value is not None]
    log = axis.log and bool(known) and min(known) > 0
    low, high = _ends(known, log=log)
    low = low if axis.low is None or (log and axis.low <= 0) else float(axis.low)
    high = high if axis.high is None else float(axis.high)
    if not low < high:
        high = low * 2 if log else low + (abs(low) or 1.0)
    free = axis.low is None and axis.high is None
    whole = free and high - low >= 1 and all(value.is_integer() for value in known)
    return Scale(low=low, high=high, start=start, end=end, log=log, whole=whole)


def number_text(value: float) -> str:
    """Return a number as it is read on a page: four significant digits, thousands set apart."""
    if value == 0:
        return "0"
    size = abs(value)
    if 1000 <= size < 1e7:
        return f"{round(value):,}"
    return f"{value:.3g}" if size >= 1e7 or size < 1e-4 else f"{value:.4g}"


def aligned_texts(values: Sequence[Number]) -> list[str]:
    """Return numbers of one column as texts with equally many decimals, a dash for None.

    Numbers that are much larger or smaller than most keep those that they need.
    """
    if all(value is None or (float(value).is_integer() and abs(value) < 1e15) for value in values):
        return ["–" if value is None else f"{round(value):,}" for value in values]
    plain = ["–" if value is None else number_text(float(value)) for value in values]
    shown = [text for value, text in zip(values, plain, strict=True) if value and "e" not in text]
    if not shown:
        return plain
    digits = min(max(len(text.partition(".")[2]) for text in shown), MOST_DIGITS)
    least = 10.0 ** (2 - digits) if digits == MOST_DIGITS else 0.0
    return [
        f"{float(value):,.{digits}f}" if value is not None and _is_usual(value, least) else text
        for value, text in zip(values, plain, strict=True)
    ]


def span_text(low: float, high: float) -> str:
    """Return an interval with as many decimals as its width is worth: ``0.868 to 0.878``."""
    width = high - low
    if not width > 0 or max(abs(low), abs(high)) >= 1e6:
        return f"{number_text(low)} to {number_text(high)}"
    digits = min(max(1 - math.floor(math.log10(width)), 0), 6)
    low, high = (round(end, digits) + 0.0 for end in (low, high))  # no end reads -0.00
    return f"{low:,.{digits}f} to {high:,.{digits}f}"


def interval_text(ends: tuple[float, float] | None) -> str:
    """Return ``0.868 to 0.878``, or a dash where there is no interval."""
    return "–" if ends is None else span_text(*ends)


def _is_usual(value: float, least: float) -> bool:
    return value == 0 or least <= abs(value) < LARGE


def _ends(known: Sequence[float], *, log: bool) -> tuple[float, float]:
    low, high = min(known, default=0.0), max(known, default=1.0)
    if log:
        pad = (high / low) ** PAD if high > low else 2.0
        return low / pad, high * pad
    pad = PAD * (high - low) or 0.05 * abs(low) or 0.5
    return low - pad, high + pad


def _plain_ticks(low: float, high: float, most: int, least: float) -> list[tuple[float, str]]:
    rough = max((high - low) / max(most - 1, 1), least)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = [place * step for place in range(first, last + 1)]
    digits = max(0, -math.floor(math.log10(step) + 1e-9) + (1 if f"{step:.1e}".startswith("2.5") else 0))
    size = max(abs(low), abs(high))
    if size >= 1e6 or digits > 5:
        return [(value, number_text(float(f"{value:.6g}"))) for value in values]
    return [(value, f"{value + 0.0:,.{digits}f}") for value in values]


def _log_ticks(low: float, high: float, most: int) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for parts in ((1, 2, 5), (1, 3), (1,)):
        values = [part * 10.0**power for power in range(first, last + 1) for part in parts]
        found = [value for value in values if low <= value <= high]
        if len(found) <= most:
            return found or [low, high]
    return found[:: math.ceil(len(found) / most)]
