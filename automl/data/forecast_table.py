"""From a table with times to panels: which column is what, and every number checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError, suggest
from automl.data.forecasting import LARGEST, Panel, gather
from automl.data.modality import ReadOptions
from automl.data.source import Source
from automl.data.tables import Table, as_number, as_text, read_table
from automl.data.time_axis import TimeGrid, find_grid, find_time_column, parse_times


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Which column is what.

    Attributes:
        time: time column, or None for rows in order.
        series: column with the id of each row's series, or None.
        channels: numeric columns, the targets first.
        targets: how many of them are targets.
    """

    time: str | None
    series: str | None
    channels: tuple[str, ...]
    targets: int


def open_table(source: Source, *, header: bool) -> Table:
    """Read the table; an array ``(time, channels)`` becomes one with the columns ``c0``, ``c1``, ..."""
    if source.kind != "arrays":
        return read_table(source, header=header)
    array = np.asarray(source.content, np.float64) if not isinstance(source.content, tuple) else None
    if array is None or array.ndim not in (1, 2):
        shape = "a tuple" if array is None else array.shape
        raise DataError(
            f"{source.name}: expected an array (time,) or (time, channels) to forecast, got {shape}."
        )
    array = array.reshape(len(array), -1)
    frame = pd.DataFrame(array, columns=[f"c{place}" for place in range(array.shape[1])])
    return read_table(Source(kind="frame", name=source.name, content=frame))


def find_roles(table: Table, options: ReadOptions) -> tuple[Roles, tuple[str, ...]]:
    """Decide which column is what.

    Without ``options.time_column`` the first column whose cells are all dates is the time. Without
    targets, or with ``*``, all numeric columns are. Other numeric columns are covariates, known up to now.

    Returns:
        the roles, and a note on each column left out.

    Raises:
        DataError: a named column is not there or is no number, or no numeric column is left.
    """
    names = [str(name) for name in table.frame.columns]
    wanted = () if "*" in options.target else options.target
    for name in (*wanted, options.time_column, options.id_column):
        _check_name(name, names, table.where)
    rest = [name for name in names if name not in (*wanted, options.id_column, options.group_column)]
    time = options.time_column or find_time_column(table.frame, rest)
    numeric = [name for name in rest if name != time and _is_numeric(table, name)]
    for name in wanted:
        _refuse_text(table, name)
    targets = wanted or tuple(numeric)
    if not targets:
        raise DataError(f"{table.where}: expected at least one column of numbers to forecast, found none.")
    covariates = [name for name in numeric if name not in targets]
    left = [name for name in rest if name != time and name not in numeric]
    roles = Roles(
        time=time, series=options.id_column, channels=(*targets, *covariates), targets=len(targets)
    )
    return roles, tuple(f"Column {name!r} was dropped: it holds no numbers." for name in left)


def read_panels(
    table: Table, roles: Roles, grid: TimeGrid | None
) -> tuple[list[Panel], TimeGrid, tuple[str, ...]]:
    """Bring the table's rows onto a regular grid, one panel for each series.

    Args:
        table: the table.
        roles: which column is what; all must be there.
        grid: the grid of the training table, or None to find it here.

    Raises:
        DataError: a time that is unparsable, too many doubled times or gaps.
    """
    for name in (roles.time, roles.series, *roles.channels):
        _check_name(name, [str(column) for column in table.frame.columns], table.where)
    values, strange = _numbers(table, roles.channels)
    ids = None if roles.series is None else as_text(table.frame[roles.series])
    positions, grid = _positions(table, roles, ids, grid)
    panels, notes = gather(positions, values, ids, table.where)
    note = f"{strange} cells were no finite number: taken as missing."
    return panels, grid, (*table.notes, *((note,) if strange else ()), *notes)


def long_enough(
    panels: Sequence[Panel], steps: int, where: str, need: str
) -> tuple[list[Panel], tuple[str, ...]]:
    """Leave out panels shorter than ``steps``, with a note.

    Raises:
        DataError: none is long enough.
    """
    kept = [panel for panel in panels if len(panel.values) >= steps]
    if not kept:
        longest = max(len(panel.values) for panel in panels)
        raise DataError(
            f"{where}: expected at least {steps} steps in a row ({need}), the longest series has {longest}."
            " Give more data, or a shorter look-back or horizon."
        )
    short = len(panels) - len(kept)
    return kept, (f"{short} series with fewer than {steps} steps were left out.",) if short else ()


def plain_roles(roles: Roles) -> dict[str, Any]:
    """Roles as JSON."""
    return {
        "time": roles.time,
        "series": roles.series,
        "channels": list(roles.channels),
        "targets": roles.targets,
    }


def restore_roles(plain: Mapping[str, Any]) -> Roles:
    """Roles from JSON."""
    return Roles(
        time=plain["time"],
        series=plain["series"],
        channels=tuple(plain["channels"]),
        targets=plain["targets"],
    )


def _check_name(name: str | None, names: list[str], where: str) -> None:
    if name is not None and name not in names:
        raise DataError(f"{where}: there is no column {name!r}. {suggest(name, names)}")


def _is_numeric(table: Table, name: str) -> bool:
    column = table.frame[name]
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype):
        return bool(pd.api.types.is_bool_dtype(column.dtype))
    numbers, bad = as_number(column)
    return bad == 0 and bool(np.isfinite(numbers).any())


def _refuse_text(table: Table, name: str) -> None:
    if _is_numeric(table, name):
        return
    numbers, bad = as_number(table.frame[name])
    if bad == 0:
        raise DataError(f"{table.where}, column {name!r}: expected numbers to forecast, all are missing.")
    texts = as_text(table.frame[name])
    row = next(place for place in np.flatnonzero(np.isnan(numbers)) if texts[place])
    raise DataError(
        f"{table.where}, column {name!r}, data row {row + 1}: expected a number to forecast,"
        f" got {texts[row]!r} ({bad} such cells). Mend the cells, or name another target."
    )


def _numbers(table: Table, channels: Sequence[str]) -> tuple[np.ndarray, int]:
    columns, strange = [], 0
    for name in channels:
        numbers, bad = as_number(table.frame[name])
        wild = np.abs(numbers) > LARGEST
        strange += bad + int(wild.sum())
        columns.append(np.where(wild, np.nan, numbers))
    return np.stack(columns, axis=1), strange


def _positions(
    table: Table, roles: Roles, ids: np.ndarray | None, grid: TimeGrid | None
) -> tuple[np.ndarray, TimeGrid]:
    if roles.time is None:
        rows = pd.Series(np.arange(len(table.frame)))
        order = rows if ids is None else rows.groupby(ids).cumcount()
        return order.to_numpy(np.int64), TimeGrid(unit="rows")
    stamps, dates = parse_times(table.frame[roles.time], table.where)
    grid = grid or find_grid(stamps, dates, _steps(stamps, ids))
    return grid.positions(stamps), grid


def _steps(stamps: np.ndarray, ids: np.ndarray | None) -> np.ndarray:
    """Positive differences of successive times within each series."""
    frame = pd.DataFrame({"id": "" if ids is None else ids, "time": stamps}).sort_values(["id", "time"])
    steps = frame.groupby("id")["time"].diff().to_numpy(np.float64)
    return steps[steps > 0]
