"""DataFrames and Parquet files as tables: column names, and unusual column types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet

from automl.core.errors import DataError
from automl.core.names import column_name
from automl.core.notes import Note
from automl.core.optional import require
from automl.data.delimited import refuse_duplicates, refuse_no_rows
from automl.data.numbers import NumberStyle
from automl.data.styled import plainly


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a Parquet file; whole numbers stay whole beside missing cells, beyond 2**53 too.

    Raises:
        DataError: it cannot be read.
    """
    try:
        return frame_of(parquet.read_table(path))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DataError(f"Cannot read {path} as Parquet: {error}") from error


def names_of_parquet(path: Path) -> tuple[str, ...]:
    """Return the columns of a Parquet file without reading them.

    Raises:
        DataError: it cannot be read.
    """
    try:
        return tuple(column_name(name) for name in parquet.read_schema(path).names)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DataError(f"Cannot read {path} as Parquet: {error}") from error


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return rows of a Parquet file as ``read_parquet`` does."""
    return _with_whole_numbers(table.to_pandas(), table)


def to_pandas(content: Any) -> pd.DataFrame:
    """Return a DataFrame of pandas or polars as one of pandas.

    Raises:
        DataError: it is none.
    """
    if isinstance(content, pd.DataFrame):
        return content
    if type(content).__module__.startswith("polars"):
        require("polars", extra="polars", purpose="to read its DataFrames")
    if not hasattr(content, "to_pandas"):
        raise DataError(f"Expected a pandas or polars DataFrame, got {type(content).__name__}.")
    frame: pd.DataFrame = content.to_pandas()
    return _with_whole_numbers(frame, content.to_arrow()) if hasattr(content, "to_arrow") else frame


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A frame as all know it, what the user should know of it, and how numbers in texts were written."""

    frame: pd.DataFrame
    notes: tuple[Note, ...]
    styles: Mapping[str, NumberStyle]


def checked(frame: pd.DataFrame, where: str, known: Mapping[str, NumberStyle] | None = None) -> Checked:
    """Return a frame with unique names of type str, rows numbered from 0 and storages that all know.

    Durations become seconds, periods their first instant, sparse columns dense ones, bytes texts, and
    numbers written with decimal commas and the like plain ones, as ``known`` of training where they can be
    read in two ways. The frame given is left as it is.

    Raises:
        DataError: names of several levels, doubled names, no rows.
    """
    if frame.columns.nlevels > 1:
        raise DataError(
            f"{where} has column names of {frame.columns.nlevels} levels, such as {frame.columns[0]!r}:"
            " expected plain names. Join them: frame.columns = ['_'.join(map(str, name)) for name in"
            " frame.columns]."
        )
    names = [column_name(name) for name in frame.columns]
    refuse_duplicates(names, where)
    if frame.shape[0] == 0 or not names:
        refuse_no_rows(where, header=False)
    plain = frame.set_axis(names, axis=1).reset_index(drop=True)
    notes: list[Note] = []
    changed = {}
    for name in names:
        stored, note = _known(plain[name])
        if stored is not None:
            changed[name] = stored
            notes += [Note(f"Column {name!r} {note}.")] if note else []
    if changed:
        plain = with_columns(plain, changed)
    numbers = plainly({name: plain[name] for name in names}, known=known)
    return Checked(
        frame=with_columns(plain, numbers.columns) if numbers.columns else plain,
        notes=(*notes, *numbers.notes),
        styles=numbers.styles,
    )


def with_columns(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return a copy of a table with columns in place of those of the same names, or behind the others.

    As ``assign`` does, which fails where a column is called ``self``.
    """
    copy = frame.copy(deep=False)
    for name, values in columns.items():
        copy[name] = values
    return copy


def _with_whole_numbers(frame: pd.DataFrame, table: pa.Table) -> pd.DataFrame:
    """The frame with columns of whole numbers beside missing cells as they are, not as floats."""
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name in frame.columns and pa.types.is_integer(column.type) and column.null_count:
            frame[name] = pd.Series(pd.arrays.ArrowExtensionArray(column), index=frame.index)
    return frame


def _known(series: pd.Series[Any]) -> tuple[pd.Series[Any] | None, str]:
    """The column in a storage that all know, and what a note says; None where it is in one."""
    kind = series.dtype
    if isinstance(kind, pd.SparseDtype):
        sparse: Any = series.array
        return pd.Series(sparse.to_dense()), ""
    if isinstance(kind, pd.PeriodDtype):
        return series.dt.to_timestamp(), "holds periods, taken at their first instant"
    if isinstance(kind, pd.ArrowDtype):
        return _of_arrow(series, kind.pyarrow_dtype)
    if pd.api.types.is_timedelta64_dtype(kind):
        return series.dt.total_seconds(), "holds durations, taken in seconds"
    if not pd.api.types.is_object_dtype(kind):
        return None, ""
    return _of_objects(series)


def _of_arrow(series: pd.Series[Any], kind: pa.DataType) -> tuple[pd.Series[Any] | None, str]:
    if pa.types.is_duration(kind):
        return series.dt.total_seconds().astype(float), "holds durations, taken in seconds"
    if pa.types.is_timestamp(kind):
        target: Any = pd.DatetimeTZDtype(kind.unit, kind.tz) if kind.tz else f"datetime64[{kind.unit}]"
        return series.astype(target), ""
    if pa.types.is_boolean(kind):
        return series.astype("boolean"), ""
    if pa.types.is_decimal(kind) or pa.types.is_date(kind):
        return series.astype(pd.ArrowDtype(pa.string())), ""
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _of_objects(series.astype(object))
    return None, ""


def _of_objects(series: pd.Series[Any]) -> tuple[pd.Series[Any] | None, str]:
    inferred = pd.api.types.infer_dtype(series, skipna=True)
    if inferred == "bytes":
        try:
            return series.map(lambda cell: cell.decode() if isinstance(cell, bytes) else cell), ""
        except UnicodeDecodeError:
            return None, ""
    if inferred in ("timedelta", "timedelta64"):
        return pd.to_timedelta(series).dt.total_seconds(), "holds durations, taken in seconds"
    if inferred in ("period", "datetime", "datetime64"):
        return _dates(series, inferred)
    return None, ""


def _dates(series: pd.Series[Any], inferred: str) -> tuple[pd.Series[Any] | None, str]:
    try:
        if inferred == "period":
            return pd.PeriodIndex(series).to_timestamp().to_series(index=series.index), ""
        return pd.to_datetime(series), ""
    except (ValueError, TypeError):  # several zones, or out of what pandas can hold: stays text
        return None, ""
