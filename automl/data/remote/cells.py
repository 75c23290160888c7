"""Rows of a database as Arrow tables whose types all readers of Parquet know."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

_NUMBERS = (pa.types.is_integer, pa.types.is_floating)


def table_of_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Return rows as a table; a column whose cells are of several types holds texts.

    Args:
        names: of the columns.
        rows: cells as the database's driver gives them.
    """
    columns = zip(*rows, strict=True) if rows else [[] for _ in names]
    return pa.table({name: _column(list(cells)) for name, cells in zip(names, columns, strict=True)})


def common_schema(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """Return the schema of all parts: of each column the type of its cells, texts where parts differ.

    Args:
        schemas: of the parts, with the same names; at least one.
    """
    names = schemas[0].names
    return pa.schema([(name, _common([schema.field(name).type for schema in schemas])) for name in names])


def _column(cells: list[Any]) -> pa.Array:
    cells = [_plain(cell) for cell in cells]
    try:
        return pa.array(cells)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):  # several types, or beyond 64 bits
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())


def _plain(cell: Any) -> Any:
    """A cell in a type of Arrow's; exact decimals stay exact as texts, which are read as numbers."""
    if cell is None or isinstance(cell, str | bool | int | bytes):
        return cell
    if isinstance(cell, float):
        return None if math.isnan(cell) else cell
    if isinstance(cell, Decimal):
        return format(cell, "f") if cell.is_finite() else None
    if isinstance(cell, datetime.datetime | datetime.date | datetime.timedelta):
        return cell
    if isinstance(cell, memoryview | bytearray):
        return bytes(cell)
    return json.dumps(cell, default=str) if isinstance(cell, list | dict) else str(cell)


def _common(kinds: Sequence[pa.DataType]) -> pa.DataType:
    known = [kind for kind in dict.fromkeys(kinds) if not pa.types.is_null(kind)]
    if not known:
        return pa.string()
    if len(known) == 1:
        return known[0]
    numbers = all(any(is_number(kind) for is_number in _NUMBERS) for kind in known)
    return pa.float64() if numbers else pa.string()
