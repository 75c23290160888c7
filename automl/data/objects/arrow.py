"""Arrow tables, batches and streams as frames of pandas."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset

from automl.core.errors import DataError
from automl.core.names import first_names
from automl.core.notes import Note
from automl.data.frames import frame_of

_MOST_NAMES = 8


def of_arrow(data: Any) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return what Arrow reads as a frame, and notes on it. A stream is read to its end, which is once.

    Args:
        data: a table, record batch, reader or data set of pyarrow, or what has ``__arrow_c_stream__``.

    Raises:
        DataError: it is a column and no table, or cannot be read.
    """
    try:
        return frame_of_table(_table(data))
    except (pa.ArrowException, TypeError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(
            f"Expected an Arrow table, record batches or a reader, got {type(data).__name__}: {reason}"
        ) from error


def frame_of_table(table: pa.Table) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a table as a frame without the columns of lists and structures, and a note on those."""
    nested = [place for place, kind in enumerate(table.schema.types) if pa.types.is_nested(_storage(kind))]
    names = [repr(table.schema.names[place]) for place in nested]
    kept = table.select([place for place in range(table.num_columns) if place not in nested])
    note = f"Left out, since their cells are lists or structures: {first_names(names, _MOST_NAMES)}."
    return frame_of(kept), (Note(note),) if nested else ()


def _table(data: Any) -> pa.Table:
    if isinstance(data, pa.Table):
        return data
    # methods of these names write into a data base where another library has them
    own = isinstance(data, pa.dataset.Dataset | pa.dataset.Scanner)
    return data.to_table() if own else pa.table(data)


def _storage(kind: pa.DataType) -> pa.DataType:
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
