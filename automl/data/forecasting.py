"""Tables of time series on a regular grid, and the windows that a forecaster learns from.

Symbols: n windows, L steps of input (look-back), h steps of target (horizon), c channels, k targets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.windows import Windows
from automl.data.time_axis import TimeAxis

LARGEST = 1e18
"""Values beyond are taken as missing: their squares would leave the range of float32."""

DOUBLES = 0.05
"""Share of rows with a doubled time above which the table is refused rather than averaged."""

SEASONS = 8
"""Of a look-back that nobody asked for; measured on M4 hourly: MASE 1.09 with six days, .95 with eight."""

MOST_VALUES = 200_000_000
"""Most values (n * L * c) that one epoch goes through; beyond, windows are thinned evenly."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One series without gaps: ``values`` (time, c) float64, the first row at grid position ``first``.

    Rows behind them, or all, that have a time and no targets are those that a forecast is wanted for, up to
    the grid position ``wanted``.
    """

    name: str
    first: int
    values: np.ndarray
    wanted: int = -(2**62)

    @property
    def end(self) -> int:
        """Grid position behind the last row."""
        return self.first + len(self.values)


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Windows cut from panels, which lie end to end in one base.

    Attributes:
        inputs: ``(n, L, c)`` float64, NaN where a covariate has not begun.
        targets: ``(n, h, k)`` float64, of the same base, or None at the end of the series.
        origins: grid position of the first target step ``(n,)`` int64.
        names: series of each window ``(n,)`` object.
    """

    inputs: Windows
    targets: Windows | None
    origins: np.ndarray
    names: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """A panel per series in order of appearance, and what the user should know."""

    panels: list[Panel]
    notes: tuple[Note, ...]


def gather(
    positions: np.ndarray, values: np.ndarray, ids: np.ndarray, *, targets: int, where: str
) -> Gathered:
    """Bring rows onto the grid: sorted, doubled times averaged, cut to what was measured, gaps filled.

    A panel begins where all targets have begun and ends with the last row in which all have a value, so
    nothing is filled from the future and rows asked for (a time without targets) are no observations.
    Inside, a gap takes the last known value before it; a covariate stays missing until it begins.

    Args:
        positions: grid position of each row ``(rows,)``.
        values: ``(rows, c)`` float64, NaN for missing.
        ids: series of each row ``(rows,)``.
        targets: how many leading channels are targets.
        where: name of the table for messages.

    Raises:
        DataError: too many doubled times, or more steps missing than present.
    """
    _refuse_doubles(positions, ids, where)
    tally = _Tally(rows=len(values), cells=values.size)
    panels = []
    for name, rows in pd.Series(np.arange(len(ids))).groupby(ids, sort=False).indices.items():
        panels.append(_panel(str(name), positions[rows], values[rows], targets, where, tally))
    return Gathered(panels=panels, notes=tally.notes(len(panels)))


def cut(panels: Sequence[Panel], lookback: int, horizon: int, targets: int, stride: int = 1) -> Cut:
    """Cut every window whose inputs and targets lie inside a panel, each ``stride`` steps."""
    counts = [max(0, len(panel.values) - lookback - horizon + 1) for panel in panels]
    inside = [np.arange(count, dtype=np.int64)[::stride] for count in counts]
    base, begins = _laid_out(panels)
    starts = np.concatenate([begin + places for begin, places in zip(begins, inside, strict=True)])
    firsts = [panel.first + lookback + places for panel, places in zip(panels, inside, strict=True)]
    return Cut(
        inputs=Windows(base, starts, lookback),
        targets=Windows(base[:, :targets], starts + lookback, horizon),
        origins=np.concatenate(firsts),
        names=_repeated(panels, [len(places) for places in inside]),
    )


def last_windows(panels: Sequence[Panel], lookback: int) -> Cut:
    """Cut the one window at the end of each panel, to forecast what follows."""
    base, begins = _laid_out(panels)
    ends = np.array([len(panel.values) for panel in panels], np.int64)
    return Cut(
        inputs=Windows(base, begins + ends - lookback, lookback),
        targets=None,
        origins=np.array([panel.end for panel in panels], np.int64),
        names=_repeated(panels, [1] * len(panels)),
    )


def thinning(panels: Sequence[Panel], lookback: int, horizon: int) -> int:
    """The stride at which all windows together hold at most ``MOST_VALUES`` values."""
    count = sum(max(0, len(panel.values) - lookback - horizon + 1) for panel in panels)
    return max(1, -(-count * lookback * int(panels[0].values.shape[1]) // MOST_VALUES))


def default_horizon(season: int, length: int) -> int:
    """One season, 10 steps where none is known, and at most a tenth of the series."""
    return max(1, min(season if season > 1 else 10, length // 10))


def default_lookback(season: int, horizon: int, length: int) -> int:
    """Three horizons or eight seasons, whichever is longer, and at most a quarter of the series.

    Eight days of hours hold a week, and of days, months and quarters they hold enough to average.
    """
    seasons = SEASONS if season > 1 else 1
    return max(1, min(max(3 * horizon, seasons * season), length // 4))


def tails(panels: Sequence[Panel], lookback: int) -> dict[str, Any]:
    """The last look-back rows of each panel as JSON, context for a file that goes on from there."""
    return {
        panel.name: {
            "end": panel.end,
            "rows": [
                [None if cell != cell else cell for cell in row]
                for row in panel.values[-lookback:].tolist()
            ],
        }
        for panel in panels
        if len(panel.values)
    }


def continued(panels: Sequence[Panel], tail: Mapping[str, Any]) -> tuple[list[Panel], int]:
    """Put the training series' last rows in front of panels that overlap them or begin behind them.

    A panel without a measured row is nothing but those rows.

    Returns:
        the panels, and how many were lengthened.
    """
    longer = [_behind(panel, tail.get(panel.name)) for panel in panels]
    return longer, sum(new is not old for new, old in zip(longer, panels, strict=True))


def forecast_times(axis: TimeAxis, windows: Cut, horizon: int, *, typed: bool) -> np.ndarray:
    """Time of each forecast step ``(n, h)``, as text or, where they are dates and ``typed``, as dates."""
    steps = windows.origins[:, None] + np.arange(horizon)
    if typed and axis.kind == "dates":
        return axis.instants(steps, windows.names)
    return axis.labels(steps, windows.names)


def training_rows(
    inputs: Windows, targets: Windows, origins: np.ndarray, stride: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the raw rows that windows were cut from, each row once, to take statistics of.

    Args:
        inputs: ``(n, L, c)``, in the order in which they were cut.
        targets: ``(n, h, k)``, of the same base.
        origins: ``(n,)``.
        stride: steps between successive windows.

    Returns:
        for each unbroken run of windows all input rows ``(rows, c)`` and, of the target channels, all
        rows with the last window's targets behind them ``(rows + h, k)``.
    """
    unbroken = (np.diff(inputs.starts) == stride) & (np.diff(origins) == stride)
    runs = np.split(inputs.starts, np.flatnonzero(~unbroken) + 1)
    spans = [(run[0], run[-1] + inputs.length) for run in runs]
    return [(inputs.base[first:end], targets.base[first : end + targets.length]) for first, end in spans]


def _behind(panel: Panel, tail: Mapping[str, Any] | None) -> Panel:
    if tail is None:
        return panel
    rows = np.array(tail["rows"], np.float64)
    first = tail["end"] - len(rows)
    if not len(panel.values):
        return replace(panel, first=first, values=rows)
    if not first < panel.first <= tail["end"]:
        return panel
    before = rows[: panel.first - first]
    return replace(panel, first=first, values=np.concatenate([before, panel.values]))


def _laid_out(panels: Sequence[Panel]) -> tuple[np.ndarray, np.ndarray]:
    """All panels end to end ``(T, c)``, and where each begins."""
    values = [panel.values for panel in panels]
    begins = np.cumsum([0, *(len(rows) for rows in values[:-1])])
    return values[0] if len(values) == 1 else np.concatenate(values), begins


def _repeated(panels: Sequence[Panel], counts: Sequence[int]) -> np.ndarray:
    return np.repeat(np.array([panel.name for panel in panels], object), counts)


def _refuse_doubles(positions: np.ndarray, ids: np.ndarray, where: str) -> None:
    pairs = pd.DataFrame({"time": positions, "id": ids})
    doubled = int(pairs.duplicated().sum())
    if doubled > max(1, DOUBLES * len(pairs)):
        one = pairs["id"].nunique() == 1
        hint = "name the column that identifies the series as id column" if one else "fix them"
        raise DataError(
            f"{where}: expected one row for each time, got {doubled} of {len(pairs)} rows with the time"
            f" of an earlier row. If the table holds many series, {hint}; if days and hours are in two"
            " columns, join them; otherwise remove the repeated rows."
        )


@dataclass(kw_only=True)
class _Tally:
    """Counts over all panels of what was done to the rows."""

    rows: int
    cells: int
    doubled: int = 0
    gaps: int = 0
    steps: int = 0
    blanks: int = 0
    late: int = 0
    before: int = 0
    behind: int = 0
    empty: int = 0

    def notes(self, panels: int) -> tuple[Note, ...]:
        told = (
            (self.doubled, self.rows, "rows repeated the time of another row: averaged."),
            (self.gaps, self.steps, "time steps had no row: filled with the last known values."),
            (self.blanks, self.cells, "missing values: filled with the last known value before them."),
            (self.late, self.cells, "missing values before a covariate begins: they count as its mean."),
            (self.before, self.rows, "rows before every target has a value were left out."),
            (
                self.behind,
                self.rows,
                "rows after the last value of every target are not observations: they are neither trained "
                "on nor scored, and forecasts begin there.",
            ),
            (self.empty, panels, "series have only rows without a value of every target."),
        )
        return tuple(Note(f"{n} {text}", n / max(1, whole)) for n, whole, text in told if n)


def _panel(
    name: str, places: np.ndarray, cells: np.ndarray, targets: int, where: str, tally: _Tally
) -> Panel:
    if len(np.unique(places)) < len(places):
        frame = pd.DataFrame(cells).groupby(places).mean()
        tally.doubled += len(places) - len(frame)
        places, cells = frame.index.to_numpy(np.int64), frame.to_numpy(np.float64)
    order = np.argsort(places, kind="stable")
    places, cells = places[order], cells[order]
    first, end = _measured(cells[:, :targets])
    tally.before += first if first < end else 0
    tally.behind += len(cells) - end if first < end else 0
    tally.empty += first >= end
    if first >= end:
        return Panel(name=name, first=int(places[0]), values=cells[:0], wanted=int(places[-1]))
    grid = _spread(places[first:end], cells[first:end], where)
    tally.gaps += len(grid) - (end - first)
    tally.steps += len(grid)
    filled = pd.DataFrame(grid).ffill().to_numpy(np.float64) if np.isnan(grid).any() else grid
    late = int(np.isnan(filled).sum())
    tally.late += late
    tally.blanks += int(np.isnan(cells[first:end]).sum()) - late
    return Panel(
        name=name, first=int(places[first]), values=np.ascontiguousarray(filled), wanted=int(places[-1])
    )


def _measured(targets: np.ndarray) -> tuple[int, int]:
    """First row by which each target has a value, and the end of the rows in which one of them has.

    Of rows that lie between, those behind the last value of the target that ends first are left out.
    """
    known = ~np.isnan(targets)
    if not known.any(axis=0).all():
        return 0, 0
    firsts = known.argmax(axis=0)
    ends = len(known) - known[::-1].argmax(axis=0)
    first, end = int(firsts.max()), int(ends.min())
    return (first, end) if first < end else (0, 0)


def _spread(places: np.ndarray, cells: np.ndarray, where: str) -> np.ndarray:
    """Rows ``(span, c)`` with NaN where the grid has a place and the table has no row."""
    span = int(places[-1] - places[0]) + 1
    if span > 2 * len(places):
        raise DataError(
            f"{where}: from the first to the last time there are {span} steps, and only {len(places)} of"
            " them have a row; more than half would have to be filled in. Use one regular"
            " step, or keep only the dense part of the table."
        )
    grid = np.full((span, cells.shape[1]), np.nan)
    grid[places - places[0]] = cells
    return grid
