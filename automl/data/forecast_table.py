"""From a table with times to panels: the role of each column, with every number checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError, suggest
from automl.core.notes import Note
from automl.data.choice import checked_drop
from automl.data.flags import NO, YES, Flags
from automl.data.forecasting import LARGEST, Panel, gather
from automl.data.modality import ReadOptions
from automl.data.row_labels import is_nameless, labels_rows
from automl.data.source import Source
from automl.data.tables import Table, as_number, as_text, is_missing, read_table
from automl.data.time_axis import TimeAxis
from automl.data.time_cells import find_time_column, parse_times
from automl.data.time_index import with_index, with_time_named
from automl.data.time_search import Placed, find_axis, place, rows_in_order


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
    """Read the table.

    An array ``(time, channels)`` becomes one with the columns ``c0``, ``c1``, ...; an index of a frame that
    holds times, ids or a name becomes columns.
    """
    if source.kind == "frame":
        return read_table(replace(source, content=with_index(source.content)))
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


def open_again(source: Source, roles: Roles, *, header: bool, targets: bool) -> Table:
    """Read a further table, with a note on its superfluous columns.

    Without ``targets`` their columns may be missing: then all rows are asked for. An index of times need
    not have the name that the time column had in training.
    """
    table = open_table(source, header=header)
    frame = with_time_named(table.frame, source, roles.time)
    names = {str(name) for name in frame.columns}
    if not targets and not names & set(roles.channels[: roles.targets]):
        # nothing is measured, so covariates are not looked at either
        frame = frame.assign(**{name: np.nan for name in roles.channels if name not in names})
    extra = sorted(names - {*roles.channels, roles.time, roles.series})
    notes = (f"Columns not used in training were ignored: {', '.join(extra)}.",) if extra else ()
    return replace(table, frame=frame, notes=(*table.notes, *notes))


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
    drop = checked_drop(names, options, wanted, table.where)
    aside = {*wanted, options.id_column, options.group_column, *drop}
    rest, indexes = _without_index([name for name in names if name not in aside], table, options)
    ids = None if options.id_column is None else as_text(table.frame[options.id_column])
    time = options.time_column or find_time_column(table.frame, rest, table.where, ids)
    numeric = [name for name in rest if name != time and _is_numeric(table, name)]
    for name in wanted:
        _refuse_text(table, name)
    targets = wanted or tuple(numeric)
    if not targets:
        raise DataError(f"{table.where}: expected at least one column of numbers to forecast, found none.")
    covariates = [name for name in numeric if name not in targets]
    left = [name for name in rest if name != time and name not in numeric]
    for name in {*left} & {*options.keep}:
        _refuse_text(table, name)
    roles = Roles(
        time=time, series=options.id_column, channels=(*targets, *covariates), targets=len(targets)
    )
    return roles, (
        *indexes,
        *(f"Column {name!r} was dropped: it has no numbers." for name in left),
        *(("No column holds times: rows are used in the order given.",) if time is None else ()),
    )


@dataclass(frozen=True, kw_only=True)
class Panels:
    """A table on a time axis: a panel per series, and what the user should know."""

    panels: list[Panel]
    axis: TimeAxis
    notes: tuple[str, ...]


def read_panels(
    table: Table, roles: Roles, axis: TimeAxis | None = None, known: Collection[str] = ()
) -> Panels:
    """Bring the table's rows onto a regular axis, one panel for each series.

    Args:
        table: the table.
        roles: which column is what; all must be there.
        axis: the axis of the training table, or None to find it here.
        known: series whose phase the axis knows.

    Raises:
        DataError: a time that is unparsable or irregular, too many doubled times or gaps.
    """
    for name in (roles.time, roles.series, *roles.channels):
        _check_name(name, [str(column) for column in table.frame.columns], table.where)
    table = _without_blank_rows(table, roles)
    values, strange = _numbers(table, roles.channels)
    ids = _ids(table, roles)
    placed, notes = _place(table, roles, ids, axis, known)
    kept, nameless = placed.kept, _without_id(ids, roles)
    kept = kept if nameless is None else kept & (ids != "")
    found = gather(
        placed.positions[kept], values[kept], ids[kept], targets=roles.targets, where=table.where
    )
    note = Note(f"{strange} cells were not finite numbers and count as missing.", strange / values.size)
    return Panels(
        panels=found.panels,
        axis=placed.axis,
        notes=(
            *table.notes,
            *notes,
            *placed.notes,
            *((note,) if strange else ()),
            *((nameless,) if nameless else ()),
            *found.notes,
        ),
    )


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
        _refuse_unmeasured(longest, where)
        raise DataError(
            f"{where}: expected at least {steps} steps in a row ({need}), the longest series has {longest}."
            " Give more data, or a shorter look-back or horizon."
        )
    short = len(panels) - len(kept)
    text = f"{short} series with fewer than {steps} steps were left out."
    return kept, (Note(text, short / len(panels)),) if short else ()


def _refuse_unmeasured(longest: int, where: str) -> None:
    if not longest:
        raise DataError(
            f"{where}: expected rows in which every target has a value, found none. Include the rows"
            " before those to forecast, or leave out targets that hardly overlap."
        )


_UNITS = {
    "s": "second",
    "min": "minute",
    "h": "hour",
    "D": "day",
    "B": "business day",
    "7D": "week",
    "M": "month",
    "3M": "quarter",
    "12M": "year",
}
"""Frequencies of pandas in words."""


def times_told(roles: Roles, axis: TimeAxis, panels: Sequence[Panel]) -> str:
    """``date, each hour, 2016-07-01 00:00:00 to 2018-06-26 19:00:00``, as it was read; for the user."""
    several = f"; {len(panels):,} series by {roles.series}" if roles.series is not None else ""
    if roles.time is None:
        return f"none: rows are steps, in their order{several}"
    first, last = min(panels, key=lambda panel: panel.first), max(panels, key=lambda panel: panel.end)
    places, owners = [[first.first], [last.end - 1]], np.array([first.name, last.name], object)
    ends = axis.labels(np.array(places, np.int64), owners).reshape(-1)
    return f"{roles.time}, each {_step_text(axis)}, {ends[0]} to {ends[1]}{several}"


def _step_text(axis: TimeAxis) -> str:
    """``hour`` or ``15 minutes``; what has no word is told as pandas' frequency."""
    if axis.kind == "numbers":
        return f"step of {float(axis.freq):g}"
    count, unit = re.fullmatch(r"(\d*)(.*)", axis.freq).groups("")  # type: ignore[union-attr]
    if axis.freq in _UNITS or count in ("", "1"):
        return _UNITS.get(axis.freq, _UNITS.get(unit, f"step of {axis.freq}"))
    return f"{count} {_UNITS[unit]}s" if unit in _UNITS else f"step of {axis.freq}"


def plain_roles(roles: Roles) -> dict[str, Any]:
    """Roles as JSON."""
    return {
        "time": roles.time,
        "series": roles.series,
        "channels": list(roles.channels),
        "targets": roles.targets,
    }


def channels_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that a forecast reads; of any other schema none (that of pictures counts colours)."""
    return tuple(schema["channels"]) if schema.get("form") == "forecast" else ()


def restore_roles(plain: Mapping[str, Any]) -> Roles:
    """Roles from JSON."""
    return Roles(
        time=plain["time"],
        series=plain["series"],
        channels=tuple(plain["channels"]),
        targets=plain["targets"],
    )


def _without_index(
    names: list[str], table: Table, options: ReadOptions
) -> tuple[list[str], tuple[str, ...]]:
    """Leave out nameless columns of row numbers, with a note on each."""
    kept, notes = [], []
    for name in names:
        index = is_nameless(name) and name not in (*options.keep, options.time_column)
        label = labels_rows(name, as_number(table.frame[name])[0]) if index else ""
        if label:
            notes.append(
                Note(f"Column {name!r} {label} and is dropped; --keep {name!r} makes it a covariate.")
            )
        else:
            kept.append(name)
    return kept, tuple(notes)


def _check_name(name: str | None, names: list[str], where: str) -> None:
    if name is not None and name not in names:
        raise DataError(f"{where}: there is no column {name!r}. {suggest(name, names)}")


def _is_numeric(table: Table, name: str) -> bool:
    column = table.frame[name]
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype):
        return bool(pd.api.types.is_bool_dtype(column.dtype))
    numbers, bad = _as_number(column)
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
        f" got {texts[row]!r} ({bad} such cells). Fix the cells, or name another target."
    )


def _numbers(table: Table, channels: Sequence[str]) -> tuple[np.ndarray, int]:
    columns, strange = [], 0
    for name in channels:
        numbers, bad = _as_number(table.frame[name])
        wild = np.abs(numbers) > LARGEST
        strange += bad + int(wild.sum())
        columns.append(np.where(wild, np.nan, numbers))
    return np.stack(columns, axis=1), strange


def _as_number(column: pd.Series[Any]) -> tuple[np.ndarray, int]:
    """As ``as_number``, but cells that are all yes or no (``True``, ``f``) are 1 and 0, as booleans are."""
    numbers, bad = as_number(column)
    if not bad:
        return numbers, 0
    texts = as_text(column)
    words = {text.lower() for text in pd.unique(texts) if not is_missing(text)}
    if not words <= YES | NO:
        return numbers, bad
    return as_number(pd.Series(Flags(yes="1", no="0").spell(texts), dtype=object))


def _ids(table: Table, roles: Roles) -> np.ndarray:
    """Series of each row ``(n,)`` as text, the empty one where there is no such column."""
    if roles.series is None:
        return np.full(len(table.frame), "", object)
    return as_text(table.frame[roles.series])


def _without_id(ids: np.ndarray, roles: Roles) -> Note | None:
    """What to tell of rows whose series is not known."""
    blank = int((ids == "").sum()) if roles.series is not None else 0
    if not 0 < blank < len(ids):
        return None
    return Note(f"{blank} rows without an id in {roles.series!r} were left out.", blank / len(ids))


def _without_blank_rows(table: Table, roles: Roles) -> Table:
    """The table without rows that hold neither a time nor a value, as spreadsheets leave at the end."""
    if roles.time is None:
        return table
    frame = table.frame[[roles.time, *roles.channels]]
    blank = np.ones(len(frame), bool)
    for name in frame.columns:
        blank &= np.array([is_missing(text) for text in as_text(frame[name])])
        if not blank.any():
            return table
    if blank.all():
        return table
    note = Note(f"{int(blank.sum())} rows without a time and a value were left out.", float(blank.mean()))
    return replace(table, frame=table.frame[~blank].reset_index(drop=True), notes=(*table.notes, note))


def _place(
    table: Table, roles: Roles, ids: np.ndarray, axis: TimeAxis | None, known: Collection[str]
) -> tuple[Placed, tuple[Note, ...]]:
    if roles.time is None:
        return rows_in_order(ids), ()
    times = parse_times(table.frame[roles.time], table.where, None if axis is None else axis.form)
    if axis is None:
        return find_axis(times, ids, table.where), times.notes
    axis = axis.with_phases(axis.stamps(times), ids, known)
    return place(times, ids, axis, table.where), times.notes
