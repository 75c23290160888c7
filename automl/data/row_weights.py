"""A column of a table that says how much each row counts in the loss."""

from __future__ import annotations

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.cells import as_number


def row_weights(
    frame: pd.DataFrame, column: str | None, where: str
) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Read the weight of each row.

    Args:
        frame: the table.
        column: of the weights; None for none.
        where: what messages call the table.

    Returns:
        weights ``(n,)`` float64 of at least 0, None without a column; and what the user should know.

    Raises:
        DataError: a cell is empty, no number, infinite or below 0, or all are 0.
    """
    if column is None:
        return None, ()
    weights, _ = as_number(frame[column])
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        cell = frame[column].iloc[int(wrong[0])]
        raise DataError(
            f"{where}: expected a weight of at least 0 in each row of column {column!r}, got {cell!r} "
            f"in row {int(wrong[0])} (counted from 0); {len(wrong)} of {len(weights)} rows are wrong. "
            "Fill them in."
        )
    if not weights.any():
        raise DataError(
            f"{where}: all weights in column {column!r} are 0. Give some rows a weight above 0."
        )
    gone = int((weights == 0).sum())
    text = f"Rows count in the loss by {column!r}; scores count every row alike."
    left_out = f" {gone} of {len(weights)} rows have weight 0 and are left out." if gone else ""
    return weights, (Note(text + left_out),)
