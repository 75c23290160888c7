"""Which axis the times of a table lie on.

Tried are calendar months, days of the month, days of the week and equal steps, in this order; the first is
taken on which nearly all stamps stand. ``pandas.infer_freq`` is not asked: a single gap makes it give up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.time_axis import TimeAxis
from automl.data.time_cells import Times
from automl.data.time_steps import DAY, Equal, Step, calendar_steps, days_of_months, weekly_pattern

FEW = 0.05
"""Share of rows that may stand between two steps of a regular axis, or share a step."""

OTHERS = 0.2
"""Share of rows in series with other steps, which are left out; more are refused."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Rows on an axis.

    Attributes:
        axis: the axis.
        positions: of each row ``(n,)`` int64.
        kept: which rows are of series that lie on the axis ``(n,)`` bool.
        notes: what the user should know.
    """

    axis: TimeAxis
    positions: np.ndarray
    kept: np.ndarray
    notes: tuple[Note, ...] = ()


def rows_in_order(ids: np.ndarray) -> Placed:
    """Rows of a table without times, counted within each series."""
    order = pd.Series(np.arange(len(ids))).groupby(ids).cumcount().to_numpy(np.int64)
    return Placed(axis=TimeAxis(kind="rows"), positions=order, kept=np.ones(len(ids), bool))


def find_axis(times: Times, ids: np.ndarray, where: str) -> Placed:
    """Find the axis and the phase of each series.

    Args:
        times: of each row.
        ids: series of each row ``(n,)`` of str.
        where: name of the table for messages.

    Raises:
        DataError: the series have different steps, or the times no step at all.
    """
    fits = []
    for clock, step in _candidates(times, ids):
        fit = _fit(times, ids, clock, step)
        if fit.others <= OTHERS and fit.away <= FEW and fit.close <= FEW:
            return _placed(fit, where)
        fits.append(fit)
    regular = [fit for fit in fits if fit.others <= OTHERS]
    if not regular:
        _refuse_other_steps(fits[0], ids, where)
    return _placed(min(regular, key=lambda fit: (fit.close > FEW, fit.close + fit.gaps)), where)


def place(times: Times, ids: np.ndarray, axis: TimeAxis, where: str) -> Placed:
    """Put the rows of a further table on the axis of training."""
    stamps = axis.stamps(times)
    positions = axis.positions(stamps, ids)
    fitting = _usual_steps(positions, ids) == 1 if pd.Series(ids).nunique() > 1 else np.ones(len(ids), bool)
    fit = _fitted(axis, stamps, positions, ids, fitting)
    if not fitting.any():
        _refuse_other_steps(fit, ids, where)
    return _placed(fit, where)


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """How well an axis fits: shares of rows of series with other steps, between two steps, that share a
    step with another; and steps without a row, as a share of the steps that have one.
    """

    axis: TimeAxis
    positions: np.ndarray
    fitting: np.ndarray
    away: float
    close: float
    gaps: float

    @property
    def others(self) -> float:
        return 1.0 - float(self.fitting.mean())


def _candidates(times: Times, ids: np.ndarray) -> Iterator[tuple[Literal["wall", "elapsed"], Step]]:
    wall = _steps(times.wall, ids)
    dates = times.form.dates
    if not len(wall):
        yield "wall", Equal(size=DAY if dates else 1.0, dates=dates)
        return
    elapsed = _steps(times.elapsed, ids)
    if not dates:
        # 0.3 - 0.2 and 0.2 - 0.1 are one step
        wall = np.round(wall, max(0, 9 - int(np.floor(np.log10(np.median(wall))))))
        yield from (("wall", Equal(size=size, dates=False)) for size in _sizes(wall))
        return
    months = calendar_steps(wall)
    week = weekly_pattern(times.wall) if _commonest(wall) >= DAY else None
    days = days_of_months(times.wall, wall) if months is None else None
    yield from (("wall", step) for step in (months, days, week) if step is not None)
    for size in _sizes(wall if _commonest(wall) >= DAY else elapsed):
        yield ("wall" if size >= DAY else "elapsed"), Equal(size=size)
        yield "wall", Equal(size=size)


def _steps(stamps: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Positive differences of successive stamps within each series."""
    frame = pd.DataFrame({"id": ids, "time": stamps}).sort_values(["id", "time"])
    steps = frame.groupby("id")["time"].diff().to_numpy(np.float64)
    return steps[steps > 0]


def _sizes(steps: np.ndarray) -> list[float]:
    """The commonest step; what divides all steps, where it is little less; median and mean, made plain."""
    common = _commonest(steps)
    divisor = float(np.gcd.reduce(steps.astype(np.int64))) if (steps == np.rint(steps)).all() else 0.0
    shared = [divisor] if common / 4 <= divisor < common else []
    usual = steps[steps < 1.5 * np.median(steps)]
    averages = [float(np.median(steps)), float(usual.mean())]
    if common >= 1.0 and not (steps % 1.0).any():
        averages = [*map(_plain, averages), *(float(round(size)) for size in averages)]
    return list(dict.fromkeys([common, *shared, *averages]))


def _plain(size: float) -> float:
    """A length in microseconds that people use, where one is within 1 %; else the length itself."""
    units = [1e3, 1e6, 60e6, 3600e6, DAY]
    plain = np.array([count * unit for unit in units for count in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)])
    nearest = float(plain[np.argmin(np.abs(plain - size))])
    return nearest if abs(nearest - size) <= 0.01 * size else float(round(size))


def _commonest(steps: np.ndarray) -> float:
    values, counts = np.unique(steps, return_counts=True)
    return float(values[np.argmax(counts)])


def _fit(times: Times, ids: np.ndarray, clock: Literal["wall", "elapsed"], step: Step) -> _Fit:
    kind: Literal["numbers", "dates"] = "dates" if times.form.dates else "numbers"
    bare = TimeAxis(kind=kind, freq=step.freq, form=times.form, clock=clock)
    stamps = bare.stamps(times)
    axis = bare.with_phases(stamps, ids)
    positions = axis.positions(stamps, ids)
    return _fitted(axis, stamps, positions, ids, _usual_steps(positions, ids) == 1)


def _fitted(
    axis: TimeAxis, stamps: np.ndarray, positions: np.ndarray, ids: np.ndarray, fitting: np.ndarray
) -> _Fit:
    away = axis.off(stamps, ids)
    places = pd.DataFrame({"id": ids, "place": positions})[fitting].drop_duplicates().groupby("id")["place"]
    spans = float((places.max() - places.min() + 1).sum())
    rows = max(1, int(fitting.sum()))
    return _Fit(
        axis=axis,
        positions=positions,
        fitting=fitting,
        away=float(away[fitting].sum()) / rows,
        close=_close(positions[fitting], stamps[fitting], ids[fitting]) / rows,
        gaps=spans / max(1.0, float(places.size().sum())) - 1.0,
    )


def _usual_steps(positions: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """The commonest distance of successive places in each row's series ``(n,)``; 1 where there is none."""
    frame = pd.DataFrame({"id": ids, "place": positions}).drop_duplicates().sort_values(["id", "place"])
    frame["step"] = frame.groupby("id")["place"].diff()
    counts = frame.dropna().groupby(["id", "step"]).size().reset_index(name="n")
    usual = counts.sort_values(["n", "step"], ascending=[False, True]).drop_duplicates("id").set_index("id")
    return pd.Series(ids).map(usual["step"]).fillna(1).to_numpy(np.float64)


def _close(positions: np.ndarray, stamps: np.ndarray, ids: np.ndarray) -> int:
    """Rows at another time than the first row of their step."""
    frame = pd.DataFrame({"id": ids, "place": positions, "time": stamps}).drop_duplicates()
    return int(frame.duplicated(["id", "place"]).sum())


def _placed(fit: _Fit, where: str) -> Placed:
    rows = int(fit.fitting.sum())
    notes = _irregular(fit.axis, fit.away, round(fit.close * rows), rows, where)
    if fit.others:
        notes = (
            *notes,
            Note(
                f"{len(fit.fitting) - rows} rows are of series with other steps than {_said(fit.axis)}:"
                " left out.",
                fit.others,
            ),
        )
    return Placed(axis=fit.axis, positions=fit.positions, kept=fit.fitting, notes=notes)


def _irregular(axis: TimeAxis, away: float, close: int, rows: int, where: str) -> tuple[Note, ...]:
    if close > max(1, FEW * rows):
        raise DataError(
            f"{where}: the times are irregular: {close} of {rows} rows are closer together than the usual"
            f" step of {_said(axis)}. Resample the data to equal steps first."
        )
    if not away and not close:
        return ()
    together = f"; {close} of them share a step with another row" if close else ""
    text = (
        f"The times are irregular: {round(away * rows)} of {rows} rows do not fit the steps of"
        f" {_said(axis)} and were moved to the nearest{together}."
    )
    return (Note(text, max(away, close / max(1, rows))),)


def _refuse_other_steps(fit: _Fit, ids: np.ndarray, where: str) -> None:
    other = ids[np.flatnonzero(~fit.fitting)[0]]
    raise DataError(
        f"{where}: expected the same step in every series, got {_said(fit.axis)} and, in series {other!r},"
        " another. Forecast series of different steps in separate searches."
    )


def _said(axis: TimeAxis) -> str:
    if axis.freq.endswith("us") and isinstance(axis.step, Equal):
        return str(pd.Timedelta(round(axis.step.size), unit="us").round("s"))
    return axis.freq if axis.kind == "numbers" else repr(axis.freq)
