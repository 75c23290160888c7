"""Predictions as they are written: the objects of a JSON array, and the lines of a CSV."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def records_of(table: pd.DataFrame, lists: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of predictions as plain JSON; what is missing, or no finite number, is null.

    Args:
        table: of ``answers.answer``.
        lists: columns that hold lists as JSON, which become such; see ``tasks.catalog.list_columns``.
    """
    columns = {str(name): [_plain(cell) for cell in table[name].tolist()] for name in table.columns}
    for name in lists:
        columns[name] = [json.loads(text) for text in columns[name]]
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def csv_of(table: pd.DataFrame, *, header: bool) -> str:
    """Return predictions as lines of a CSV."""
    return table.to_csv(index=False, header=header, lineterminator="\n")


def _plain(cell: Any) -> Any:
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if cell is None or isinstance(cell, bool | int | str):
        return cell
    return None if cell != cell or str(cell) == "<NA>" else str(cell)
