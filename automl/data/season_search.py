"""The season of series whose times do not tell it, such as numbered steps: after how many they repeat.

r(p)  autocorrelation of the changes from step to step at a lag of p steps, the median over series
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

CLEAR = 0.3
"""Least r(p) of a season: what repeats less is no help to a forecast."""

SURE = 5.0
"""In deviations of what noise gives, ``1 / sqrt(steps)``: of many lags one is high by chance."""

NEAR = 0.9
"""A shorter season stands for a longer one, its multiple perhaps, when its r(p) is such a share of it."""

_SERIES, _STEPS, _CYCLES = 64, 4_000, 3


def find_season(series: Sequence[np.ndarray]) -> int:
    """Return the steps of one season, 1 where none is clear.

    Args:
        series: ``(time,)`` or ``(time, k)`` each, without gaps; the last steps of some of them are looked
            at, and seasons that fit in at least three times.
    """
    some = series[:: max(1, -(-len(series) // _SERIES))]
    columns = [column[-_STEPS:] for values in some for column in values.reshape(len(values), -1).T]
    found = [_autocorrelation(np.diff(column)) for column in columns if len(column) > 2 * _CYCLES]
    found = [item for item in found if len(item)]
    if not found:
        return 1
    most = int(np.median([len(item) for item in found]))
    long_enough = [item[:most] for item in found if len(item) >= most]
    r = np.median(np.stack(long_enough), axis=0)
    lags = np.arange(2, most - 1)
    least = max(CLEAR, SURE / np.sqrt(_CYCLES * most))
    peaks = [lag for lag in lags if r[lag] >= least and r[lag] > r[lag - 1] and r[lag] >= r[lag + 1]]
    if not peaks:
        return 1
    highest = max(r[lag] for lag in peaks)
    return int(next(lag for lag in peaks if r[lag] >= NEAR * highest))


def _autocorrelation(changes: np.ndarray) -> np.ndarray:
    """r(0) and on, up to a third of the steps; empty where nothing changes."""
    centred = changes - changes.mean()
    size, deviation = len(centred), float(np.abs(centred).max())
    if not np.isfinite(deviation) or deviation == 0:
        return np.zeros(0)
    power = np.abs(np.fft.rfft(centred / deviation, 2 * size)) ** 2
    sums = np.fft.irfft(power)[: size // _CYCLES]
    # each lag has fewer pairs than the one before
    r: np.ndarray = sums / np.arange(size, size - len(sums), -1) * (size / sums[0])
    return r
