"""Tables of time series on a regular grid, and the windows that a forecaster learns from.

Symbols: n windows, L steps of input (look-back), h steps of target (horizon), c channels, k targets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.windows import Windows
from automl.data.time_axis import TimeGrid

LARGEST = 1e18
"""Values beyond are taken as missing: their squares would leave the range of float32."""

DOUBLES = 0.05
"""Share of rows with a doubled time above which the table is refused rather than averaged."""

MOST_VALUES = 200_000_000
"""Most values (n * L * c) that one epoch goes through; beyond, windows are thinned evenly."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One series without gaps: ``values`` (time, c) float32, the first row at grid position ``first``."""

    name: str
    first: int
    values: np.ndarray

    @property
    def end(self) -> int:
        """Grid position behind the last row."""
        return self.first + len(self.values)


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Windows cut from panels, which lie end to end in one base.

    Attributes:
        inputs: ``(n, L, c)`` float32.
        targets: ``(n, h, k)`` float32, of the same base, or None at the end of the series.
        origins: grid position of the first target step ``(n,)`` int64.
        names: series of each window ``(n,)`` object.
    """

    inputs: Windows
    targets: Windows | None
    origins: np.ndarray
    names: np.ndarray


def gather(
    positions: np.ndarray, values: np.ndarray, ids: np.ndarray | None, where: str
) -> tuple[list[Panel], tuple[str, ...]]:
    """Bring rows onto the grid: sorted, doubled times averaged, gaps and missing values filled.

    A gap or a missing value takes the last known value before it, a missing start the first known one.

    Args:
        positions: grid position of each row ``(rows,)``.
        values: ``(rows, c)`` float64, NaN for missing.
        ids: series of each row ``(rows,)``, or None for one series.
        where: name of the table for messages.

    Returns:
        a panel per series in order of appearance, and notes with counts.

    Raises:
        DataError: too many doubled times, or more steps missing than present.
    """
    _refuse_doubles(positions, ids, where)
    codes, names = pd.factorize(ids) if ids is not None else (np.zeros(len(values), int), [""])
    panels, doubled, gaps, blanks = [], 0, 0, 0
    for code, name in enumerate(names):
        rows = np.flatnonzero(codes == code) if ids is not None else np.arange(len(values))
        places, cells = positions[rows], values[rows]
        if len(np.unique(places)) < len(places):
            frame = pd.DataFrame(cells).groupby(places).mean()
            doubled += len(places) - len(frame)
            places, cells = frame.index.to_numpy(np.int64), frame.to_numpy(np.float64)
        order = np.argsort(places, kind="stable")
        grid = _spread(places[order], cells[order], where)
        gaps += len(grid) - len(places)
        blanks += int(np.isnan(cells).sum())
        panels.append(Panel(name=str(name), first=int(places.min()), values=_filled(grid)))
    return panels, _notes(doubled, gaps, blanks)


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
    """Three horizons or two seasons, whichever is longer, and at most a quarter of the series."""
    return max(1, min(max(3 * horizon, 2 * season), length // 4))


def tails(panels: Sequence[Panel], lookback: int) -> dict[str, Any]:
    """The last look-back rows of each panel as JSON, context for a file that goes on from there."""
    return {
        panel.name: {"end": panel.end, "rows": panel.values[-lookback:].astype(float).tolist()}
        for panel in panels
    }


def continued(panels: Sequence[Panel], tail: Mapping[str, Any]) -> tuple[list[Panel], int]:
    """Put the training series' last rows in front of panels that begin directly behind them.

    Returns:
        the panels, and how many were lengthened.
    """
    longer = [_behind(panel, tail.get(panel.name)) for panel in panels]
    return longer, sum(new is not old for new, old in zip(longer, panels, strict=True))


def forecast_labels(grid: TimeGrid, origins: np.ndarray, horizon: int) -> np.ndarray:
    """Time of each forecast step ``(n, h)`` as text."""
    steps = origins[:, None] + np.arange(horizon)
    unique, places = np.unique(steps, return_inverse=True)
    return np.asarray(grid.labels(unique)[places.reshape(steps.shape)])


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
    if tail is None or tail["end"] != panel.first:
        return panel
    rows = np.asarray(tail["rows"], np.float32)
    return Panel(
        name=panel.name, first=panel.first - len(rows), values=np.concatenate([rows, panel.values])
    )


def _laid_out(panels: Sequence[Panel]) -> tuple[np.ndarray, np.ndarray]:
    """All panels end to end ``(T, c)``, and where each begins."""
    values = [panel.values for panel in panels]
    begins = np.cumsum([0, *(len(rows) for rows in values[:-1])])
    return values[0] if len(values) == 1 else np.concatenate(values), begins


def _repeated(panels: Sequence[Panel], counts: Sequence[int]) -> np.ndarray:
    return np.repeat(np.array([panel.name for panel in panels], object), counts)


def _refuse_doubles(positions: np.ndarray, ids: np.ndarray | None, where: str) -> None:
    pairs = pd.DataFrame({"time": positions, "id": "" if ids is None else ids})
    doubled = int(pairs.duplicated().sum())
    if doubled > max(1, DOUBLES * len(pairs)):
        hint = "name the column that tells the series apart as id column" if ids is None else "mend them"
        raise DataError(
            f"{where}: expected one row for each time, got {doubled} of {len(pairs)} rows whose time stood"
            f" there before. If the table holds many series, {hint}; otherwise remove the doubled rows."
        )


def _spread(places: np.ndarray, cells: np.ndarray, where: str) -> np.ndarray:
    """Rows ``(span, c)`` with NaN where the grid has a place and the table has no row."""
    span = int(places[-1] - places[0]) + 1
    if span > 2 * len(places):
        raise DataError(
            f"{where}: between the first and the last time lie {span} steps, and only {len(places)} of"
            " them have a row; more than half would have to be made up. Give the data at one regular"
            " step, or cut the table where it is dense."
        )
    grid = np.full((span, cells.shape[1]), np.nan)
    grid[places - places[0]] = cells
    return grid


def _filled(grid: np.ndarray) -> np.ndarray:
    frame = pd.DataFrame(grid).ffill().bfill().fillna(0.0)
    return np.ascontiguousarray(frame.to_numpy(np.float32))


def _notes(doubled: int, gaps: int, blanks: int) -> tuple[str, ...]:
    told = (
        (doubled, f"{doubled} rows stood at a time that had a row before: averaged."),
        (gaps, f"{gaps} time steps had no row: filled with the last known values."),
        (blanks, f"{blanks} missing values: filled with the last known value before them."),
    )
    return tuple(text for count, text in told if count)
