"""Lines of JSON: one object per line; as a table, its fields are the columns.

Light at import, as ``running_text`` looks at such files before anything heavy is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import DataError
from automl.core.names import column_name, first_names
from automl.core.notes import Note
from automl.data.file_bytes import unpacked_bytes

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".jsonl", ".ndjson")


def read_json_lines(path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read a file of JSON objects as a table; a field that an object lacks is missing in its row.

    Fields that hold lists or objects are no cells: such columns are left out, with a note.

    Args:
        path: the file, perhaps compressed.

    Raises:
        DataError: it cannot be read, is empty, or a line is no JSON object.
    """
    import pandas as pd

    text, notes = _text(path)
    records = list(_records(text, path))
    if not records:
        raise DataError(f"{path} is empty: expected a JSON object on each line.")
    nested = dict.fromkeys(
        name for record in records for name, value in record.items() if isinstance(value, dict | list)
    )
    columns = dict.fromkeys(name for record in records for name in record if name not in nested)
    frame = pd.DataFrame({name: [record.get(name) for record in records] for name in columns})
    return frame, (*notes, *_left_out(list(nested), path))


def records_of(text: str, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where each line stands, for messages, and its object; blank lines are skipped.

    Raises:
        DataError: a line is no JSON object.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            record = json.loads(line)
        except ValueError as error:
            raise DataError(f"{where}: expected a JSON object on each line, got {error}.") from None
        if not isinstance(record, dict):
            raise DataError(f"{where}: expected a JSON object, got {type(record).__name__}.")
        yield where, record


def _records(text: str, path: Path) -> Iterator[dict[str, Any]]:
    for where, record in records_of(text, path):
        named = {column_name(name): value for name, value in record.items()}
        if len(named) < len(record):
            raise DataError(f"{where}: two fields differ in blanks around their names only: rename one.")
        yield named


def _text(path: Path) -> tuple[str, tuple[str, ...]]:
    from automl.data.text_table import guessed_as_utf8, marked_as_utf8

    whole, notes = marked_as_utf8(unpacked_bytes(path), path)
    try:
        return whole.decode(), notes
    except UnicodeDecodeError:
        whole, notes = guessed_as_utf8(whole, path)
        return whole.decode(), notes


def _left_out(names: list[str], path: Path) -> tuple[str, ...]:
    if not names:
        return ()
    shown = first_names([repr(name) for name in names], 5)
    return (Note(f"{path.name}: fields that hold lists or objects are left out: {shown}."),)
