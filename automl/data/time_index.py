"""Index of a frame that is forecast: times, and ids of series, become columns."""

from __future__ import annotations

from typing import Any

import pandas as pd

from automl.core.errors import DataError
from automl.data.source import Source
from automl.data.tables import Table
from automl.data.time_cells import find_time_column

_WRITTEN_PERIODS = ("period[M]", "period[Q", "period[Y")
"""Periods that are written as such: 2022-10, 2022Q4, 2022."""


def id_of_index(source: Source, table: Table) -> str | None:
    """The column made of the level of ids of an index of ids and times, or None.

    Raises:
        DataError: the index has more levels than those two.
    """
    index = getattr(source.content, "index", None)
    if not isinstance(index, pd.MultiIndex):
        return None
    levels = [str(name) for name in table.frame.columns[: index.nlevels]]
    others = [name for name in levels if not _is_time(table.frame[name])]
    if index.nlevels != 2 or len(others) != 1:
        raise DataError(
            f"{table.where}: expected an index of times, or of ids and times, got the levels"
            f" {', '.join(levels)}. Reset the index, and name the id column and the time column."
        )
    return others[0]


def time_of_index(source: Source, table: Table) -> str | None:
    """The column made of an index that is of times by its type, whatever its name; or None."""
    index = getattr(source.content, "index", None)
    typed = isinstance(index, pd.DatetimeIndex | pd.PeriodIndex)
    return str(table.frame.columns[0]) if typed else None


def holds_dates(source: Source, column: pd.Series[Any]) -> bool:
    """Whether the user's own times are of a type for dates, not texts."""
    return source.kind in ("frame", "parquet") and pd.api.types.is_datetime64_any_dtype(column.dtype)


def with_index(content: Any) -> Any:
    """A pandas frame with its index as columns, where the index tells something."""
    if not isinstance(content, pd.DataFrame):
        return content
    index = content.index
    if _tells(index):
        names = [_free_name(index, level, content) for level in range(index.nlevels)]
        content = content.set_axis(index.set_names(names)).reset_index()
    periods = [
        name for name, dtype in content.dtypes.items() if str(dtype).partition("-")[0] in _WRITTEN_PERIODS
    ]
    return content.astype(dict.fromkeys(periods, str)) if periods else content


def _tells(index: pd.Index[Any]) -> bool:
    """Whether an index is more than the numbers of the rows."""
    if index.nlevels > 1 or isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
        return True
    if index.name is not None:
        return True
    return (
        not pd.api.types.is_numeric_dtype(index.dtype)
        and find_time_column(pd.DataFrame({"time": index.to_numpy()}), ["time"]) is not None
    )


def _free_name(index: pd.Index[Any], level: int, frame: pd.DataFrame) -> str:
    """The level's own name, else one that no column has."""
    name = index.names[level]
    if name is None:
        name = "time" if _level_of_times(index, level) else "series"
    name = str(name)
    while name in frame.columns:
        name += "_index"
    return name


def _level_of_times(index: pd.Index[Any], level: int) -> bool:
    values = pd.Series(index.get_level_values(level)[:1000], name="time")
    return find_time_column(values.to_frame(), ["time"]) is not None


def with_time_named(frame: pd.DataFrame, source: Source, time: str | None) -> pd.DataFrame:
    """The frame with the time of its index under the name that the time has in training."""
    index = getattr(source.content, "index", None)
    if time is None or time in frame.columns or not isinstance(index, pd.Index):
        return frame
    level = next((name for name in frame.columns[: index.nlevels] if _is_time(frame[name])), None)
    return frame if level is None else frame.rename(columns={level: time})


def _is_time(column: pd.Series[Any]) -> bool:
    return find_time_column(column.to_frame(), [str(column.name)]) is not None
