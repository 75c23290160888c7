"""What a request sends, as what ``automl predict`` reads: a table, or files in a folder of its own."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

from automl.core.errors import DataError
from automl.core.files import write_whole
from automl.core.notes import Note
from automl.data.confined import confined
from automl.data.file_bytes import is_packed
from automl.data.json_lines import SUFFIXES as LINES_OF_JSON
from automl.data.source import Source, open_source
from automl.serving.multipart import files_of

if TYPE_CHECKING:
    import pandas as pd

JSON, CSV, MULTIPART = "application/json", "text/csv", "multipart/form-data"
"""Content types of bodies."""

TABLES = (".csv", ".tsv", ".parquet", *LINES_OF_JSON)
"""Endings of files that name the others where several are sent."""

FORMS = (
    '{"rows": [{"COLUMN": VALUE, ...}, ...]}, {"columns": {"COLUMN": [VALUE, ...], ...}}, or '
    '{"files": {"NAME": "BASE64", ...}}'
)


@contextmanager
def opened(content: bytes, content_type: str) -> Iterator[Source]:
    """Give what a body holds as a source; files lie in a folder that goes with the block.

    Within the block no cell of a table can name a file outside of that folder.

    Args:
        content: the body.
        content_type: of it.

    Raises:
        DataError: it is none of the forms that are understood, or it is packed.
        UnknownTypeError: the content type is another one.
    """
    kind = content_type.partition(";")[0].strip().lower()
    with _own_folder() as folder, confined(folder), _told_without(folder):
        if kind == CSV:
            _refuse_packed(content, "the body")
            yield Source(kind="table", name="body", path=folder / "body.csv", content=content)
        elif kind == MULTIPART:
            yield _of_files(files_of(content, content_type), folder)
        elif kind in (JSON, ""):
            yield _of_json(parsed(content, f" Expected {FORMS}."), folder)
        else:
            raise UnknownTypeError(f"Expected {JSON}, {CSV} or {MULTIPART}, got {kind!r}.")


def parsed(content: bytes, advice: str = "") -> Any:
    """Return what a body of JSON says.

    Args:
        content: the body.
        advice: stands behind what is wrong with it.

    Raises:
        DataError: it is no JSON.
    """
    try:
        return json.loads(content, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        raise DataError(f"The body is no JSON: {error}.{advice}") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names differ: of two cells of one column neither is the right one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"an object has {next(name for name in names if names.count(name) > 1)!r} twice")
    return found


class UnknownTypeError(DataError):
    """The content type of a body is none that is understood."""


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A name for a folder that nobody has, which is made for files only: most requests send none."""
    folder = Path(gettempdir(), f"automl-{secrets.token_hex(16)}")
    try:
        yield folder
    finally:
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


def without_folder(notes: Iterable[str], source: Source) -> tuple[str, ...]:
    """Return notes on a source without its folder, which tells whoever asks where things lie here."""
    if source.path is None:
        return tuple(notes)
    folder = source.path if source.kind == "folder" else source.path.parent
    return tuple(
        Note(_without(folder, note), note.share) if isinstance(note, Note) else _without(folder, note)
        for note in notes
    )


@contextmanager
def _told_without(folder: Path) -> Iterator[None]:
    """Tell of files without their folder."""
    try:
        yield
    except DataError as error:
        raise type(error)(_without(folder, str(error))) from error


def _without(folder: Path, text: str) -> str:
    for place in (str(folder.resolve()), str(folder), folder.name):
        text = (
            text.replace(f"{place}/", "")
            .replace(f"{place}-", "")
            .replace(place, "the files that were sent")
        )
    return text


def _of_json(body: Any, folder: Path) -> Source:
    if isinstance(body, list):
        body = {"rows": body}
    if not isinstance(body, dict) or not body.keys() <= {"rows", "columns", "files"} or not body:
        keys = f"an object with {', '.join(map(repr, body))}" if isinstance(body, dict) else repr(body)[:50]
        raise DataError(f"Expected {FORMS}, got {keys}.")
    if {"rows", "columns"} <= body.keys():
        raise DataError("Give a table as rows or as columns, not both.")
    files = _decoded(body["files"]) if "files" in body else {}
    if body.keys() == {"files"}:
        return _of_files(files, folder)
    _written(files, folder)
    frame = _of_rows(body["rows"]) if "rows" in body else _of_columns(body["columns"])
    return Source(kind="frame", name="rows", path=folder / "rows", content=frame)


def _of_rows(rows: Any) -> pd.DataFrame:
    import pandas as pd

    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise DataError("rows: expected a list of objects, one for each row, at least one.")
    _check_names({name for row in rows for name in row})
    for number, row in enumerate(rows):
        for name, cell in row.items():
            _check_cell(cell, name, number)
    return pd.DataFrame(rows)


def _of_columns(columns: Any) -> pd.DataFrame:
    import pandas as pd

    if not isinstance(columns, dict) or not all(isinstance(cells, list) for cells in columns.values()):
        raise DataError("columns: expected an object with a list of cells for each column.")
    lengths = {len(cells) for cells in columns.values()}
    if len(lengths) != 1 or lengths == {0}:
        found = ", ".join(f"{name!r} has {len(cells)}" for name, cells in list(columns.items())[:5])
        raise DataError(f"columns: expected lists of one length, at least 1: {found or 'there are none'}.")
    _check_names(columns)
    for name, cells in columns.items():
        for number, cell in enumerate(cells):
            _check_cell(cell, name, number)
    return pd.DataFrame(columns)


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        if not _is_text(name):
            raise DataError(f"Column {name!a}: half of a surrogate pair is no text.")


def _check_cell(cell: Any, name: str, number: int) -> None:
    if isinstance(cell, list | dict):
        raise DataError(
            f"Column {name!r}, row {number}: expected a number, a text, true, false or null, got "
            f"{'a list' if isinstance(cell, list) else 'an object'}."
        )
    if isinstance(cell, str) and not _is_text(cell):
        raise DataError(f"Column {name!a}, row {number}: half of a surrogate pair is no text.")


def _is_text(cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decoded(files: Any) -> dict[str, bytes]:
    if not isinstance(files, dict) or not files:
        raise DataError("files: expected an object with a name and the content in base64 of each file.")
    found = {}
    for name, text in files.items():
        try:
            found[name] = base64.b64decode(text, validate=True)
        except (TypeError, ValueError, binascii.Error):
            raise DataError(f"files: the content of {name!r} is no base64.") from None
    return found


def _of_files(files: Mapping[str, bytes], folder: Path) -> Source:
    """One file as itself; of several the table that names the others, or their folder."""
    paths = _written(files, folder)
    tables = [path for path in paths if path.suffix.lower() in TABLES]
    return open_source(paths[0] if len(paths) == 1 else tables[0] if len(tables) == 1 else folder)


def _written(files: Mapping[str, bytes], folder: Path) -> Sequence[Path]:
    paths = []
    if files:
        folder.mkdir(mode=0o700)
    for name, content in files.items():
        _refuse_packed(content, f"the file {name!r}")
        if name != Path(name).name or "\\" in name or name.startswith(".") or not name.isprintable():
            raise DataError(f"files: expected plain names such as 'a.png', got {name!r}.")
        try:
            write_whole(folder / name, content, durable=False)
        except (OSError, ValueError):
            raise DataError(f"files: the name {name!r} is too long, or none of a file.") from None
        paths.append(folder / name)
    return paths


def _refuse_packed(content: bytes, what: str) -> None:
    """A small packed file may be a large table."""
    if is_packed(content):
        raise DataError(f"Expected plain content, but {what} is packed (gzip, zip, ...): unpack it first.")
