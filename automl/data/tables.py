"""Tables of any origin as one DataFrame: delimited text, Parquet, DataFrames, bundled data sets.

Text tables keep every cell as the text that it was, with ``""`` for missing; Parquet files and DataFrames
keep their types. ``as_text`` and ``as_number`` read a column of either kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.names import free_name
from automl.core.optional import require
from automl.data.delimited import (
    column_names,
    read_bytes,
    refuse_duplicates,
    refuse_no_rows,
    rows,
    sniff,
)
from automl.data.source import Source

GUESS_BYTES = 1 << 18
MISSING = frozenset({"", "?", "na", "n/a", "#n/a", "<na>", "nan", "nat", "null", "none", "-"})


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table in memory.

    Attributes:
        frame: one column per column of the source, names are str and unique.
        notes: one sentence for each thing a user should know (encoding guessed).
        where: what messages call the table: the path, or the name of the object.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]
    where: str


def read_table(source: Source, *, header: bool = True) -> Table:
    """Read a source of kind ``table``, ``parquet``, ``frame`` or ``sklearn`` as a table.

    Args:
        source: where the table is.
        header: False when the first row of a text table is data; columns are then ``c0``, ``c1``, ...

    Raises:
        DataError: it cannot be read, is empty, has doubled column names or rows of unequal length.
    """
    if source.kind == "table" and source.path is not None:
        return _read_text(source.path, header=header)
    where = str(source.path or source.name)
    if source.kind == "parquet" and source.path is not None:
        return _checked(_read_parquet(source.path), where)
    if source.kind == "frame":
        return _checked(_pandas(source.content), where)
    if source.kind == "sklearn":
        return _checked(_bundled(source.name), f"sklearn:{source.name}")
    raise DataError(
        f"Expected a table (delimited text, Parquet or a DataFrame), got {where} ({source.kind})."
    )


def as_text(series: pd.Series[Any]) -> np.ndarray:
    """Return a column as an object array of trimmed str ``(n,)``, ``""`` where it is missing.

    Whole numbers of a float column lose their ``.0``, so that a column of integers reads the same with
    and without missing cells.
    """
    if pd.api.types.is_float_dtype(series.dtype):
        return np.array(
            [_float_text(value) for value in series.to_numpy(np.float64, na_value=np.nan)], object
        )
    values = series.to_numpy(object)
    missing = series.isna().to_numpy(bool)
    texts = ["" if gone else str(value).strip() for value, gone in zip(values, missing, strict=True)]
    return np.array(texts, dtype=object)


def as_number(series: pd.Series[Any]) -> tuple[np.ndarray, int]:
    """Return a column as float64 ``(n,)`` with NaN for missing, and how many other cells are no numbers.

    Missing are blanks and the usual markers (``?``, ``NA``, ``N/A``, ``nan``, ``null``, ``None``, ``-``)
    in upper or lower case; cells that are no numbers become NaN as well.
    """
    if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_complex_dtype(series.dtype):
        return series.to_numpy(np.float64, na_value=np.nan), 0
    texts = pd.Series(as_text(series), dtype=object)
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64)
    odd = Counter(texts.to_numpy()[np.isnan(numbers)].tolist())
    return numbers, sum(count for text, count in odd.items() if not is_missing(text))


def is_missing(text: str) -> bool:
    """Whether a trimmed cell is blank or a usual marker of a missing value."""
    return text.lower() in MISSING


def row_keys(table: Table, id_column: str | None) -> dict[str, np.ndarray]:
    """Return what names each row in a file of predictions: its position, and its id where there is one."""
    rows = np.arange(len(table.frame))
    if id_column is None:
        return {"row": rows}
    return {free_name("row", [id_column]): rows, id_column: as_text(table.frame[id_column])}


def listed(names: Sequence[str]) -> str:
    """Return names as a message shows them: quoted, the first twenty."""
    shown = ", ".join(repr(name) for name in names[:20])
    return shown + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _read_text(path: Path, *, header: bool) -> Table:
    text, notes = _decode(read_bytes(path), path)
    names, records = _records(text, header=header, where=str(path))
    columns = zip(*records, strict=True)
    frame = pd.DataFrame(
        {name: list(cells) for name, cells in zip(names, columns, strict=True)}, dtype=object
    )
    return Table(frame=frame, notes=notes, where=str(path))


def _decode(content: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        position = error.start
    from charset_normalizer import from_bytes

    sample = (
        content
        if len(content) <= GUESS_BYTES
        else content[max(0, position - GUESS_BYTES // 2) :][:GUESS_BYTES]
    )
    guess = from_bytes(sample).best()
    try:
        if guess is None:
            raise LookupError
        text = content.decode(guess.encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        line = content.count(b"\n", 0, position) + 1
        raise DataError(
            f"{path}, line {line}: not UTF-8, and no other encoding fits. Save the file as UTF-8."
        ) from None
    return text, (
        f"{path.name} is not UTF-8: read as {guess.encoding}, a guess; save it as UTF-8 to be sure.",
    )


def _records(text: str, *, header: bool, where: str) -> tuple[list[str], list[list[str]]]:
    numbered = rows(text, sniff(text), where)
    _, first = next(numbered, (0, []))
    names = column_names(first, header=header, where=where)
    records = [] if header else [first]
    for line, cells in numbered:
        records.append(_fitted(cells, names, f"{where}, line {line}"))
    if not records:
        refuse_no_rows(where, header=header)
    return names, records


def _fitted(cells: list[str], names: list[str], where: str) -> list[str]:
    """A row cut to the width of the header where only blank cells stand out."""
    surplus = cells[len(names) :]
    if len(cells) < len(names) or any(surplus):
        raise DataError(
            f"{where}: expected {len(names)} cells as in the first row, got {len(cells)}."
            " Mend the row, or put cells that hold the separator in double quotes."
        )
    return cells[: len(names)] if surplus else cells


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise DataError(f"Cannot read {path} as Parquet: {error}") from error


def _pandas(content: Any) -> pd.DataFrame:
    if isinstance(content, pd.DataFrame):
        return content
    if type(content).__module__.startswith("polars"):
        require("polars", extra="polars", purpose="to read its DataFrames")
    if not hasattr(content, "to_pandas"):
        raise DataError(f"Expected a pandas or polars DataFrame, got {type(content).__name__}.")
    frame: pd.DataFrame = content.to_pandas()
    return frame


def _bundled(name: str) -> pd.DataFrame:
    from sklearn import datasets

    loaded = getattr(datasets, f"load_{name}")(as_frame=True)
    frame: pd.DataFrame = loaded.frame.copy()
    if "target_names" in loaded:
        frame["target"] = np.asarray(loaded.target_names, dtype=str).astype(object)[loaded.target]
    return frame


def _checked(frame: pd.DataFrame, where: str) -> Table:
    names = [str(name).strip() for name in frame.columns]
    refuse_duplicates(names, where)
    if frame.shape[0] == 0 or not names:
        refuse_no_rows(where, header=False)
    return Table(frame=frame.set_axis(names, axis=1).reset_index(drop=True), notes=(), where=where)


def _float_text(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() else repr(float(value))
