"""Running text to learn a language from: a file, a folder of ``.txt`` files, or JSONL with a field of text.

What is recognised is looked at with the standard library alone, before anything heavy is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from automl.core.errors import DataError, suggest
from automl.core.folders import files_below
from automl.core.names import first_names
from automl.core.notes import Note
from automl.core.tokens import DOCUMENT_END
from automl.data.file_bytes import unpacked_bytes
from automl.data.json_lines import SUFFIXES, records_of
from automl.data.modality import ReadOptions
from automl.data.source import Source
from automl.tasks.catalog import TASKS

if TYPE_CHECKING:
    import numpy as np

SUFFIX = ".txt"
FIELDS = ("text", "content", "body")
"""Names that a field of text has, where the user names none."""

_SEPARATORS = "\t;|,"
_LOOKED_AT, _LINES = 1 << 16, 50
_LEAST_LETTERS = 0.5


@dataclass(frozen=True, kw_only=True)
class RunningText:
    r"""A text in memory.

    Attributes:
        text: with ``\n`` at the ends of lines; each of several documents ends in ``DOCUMENT_END``.
        documents: how many it is made of.
        field: of JSONL, the one it was read from, else empty.
        notes: what a user should know.
    """

    text: str
    documents: int = 1
    field: str = ""
    notes: tuple[str, ...] = ()


def reason_for_text(source: Source, options: ReadOptions) -> str | None:
    """Say why a source is running text; None where it is not.

    The task says so, or nothing is asked of a ``.txt`` file without columns, or of a folder of such files
    without classes. An empty reason needs not be told.
    """
    if options.task is not None:
        return "" if TASKS[options.task].continues else None
    asked = (options.target, options.horizon, options.id_column, options.time_column, options.group_column)
    if any(asked) or options.keep or options.drop or source.path is None or source.content is not None:
        return None
    path, told = source.path, "taken as text to model. To read it as a table, name a --target or a --task"
    if source.kind == "folder":
        files = [item for item in source.files if not item.name.startswith(".")]
        plain = bool(files) and all(_is_text_file(item) and item.parent == path for item in files)
        return f"A folder of {len(files)} text files without classes: {told}." if plain else None
    if source.kind == "table" and _is_text_file(path) and _has_no_columns(path):
        return f"{path.name} is a text without columns, and no target is named: {told}."
    return None


def read_running_text(source: Source, field: str = "") -> RunningText:
    """Read a source as running text.

    Args:
        source: a file, a folder, or a text or texts in memory.
        field: of JSONL, the field that holds the text; found where it is empty.

    Raises:
        DataError: it cannot be read, holds no text, or has no such field.
    """
    if source.path is None or source.kind == "frame":
        return _joined(_texts_in_memory(source), source.name)
    if source.path.is_dir():
        return _read_folder(source.path)
    if _is_json_lines(source.path):
        return _read_json_lines(source.path, source.content, field)
    text, notes = _read_file(source.path, source.content)
    return _checked(RunningText(text=text, notes=notes), str(source.path))


def _is_text_file(path: Path) -> bool:
    return path.suffix.lower() == SUFFIX


def _is_json_lines(path: Path) -> bool:
    suffixes = [item.lower() for item in path.suffixes if item.lower() != ".gz"]
    return bool(suffixes) and suffixes[-1] in SUFFIXES


def _has_no_columns(path: Path) -> bool:
    """Whether the beginning of a file is mostly letters, without a separator that cuts all lines alike."""
    content = unpacked_bytes(path, _LOOKED_AT).decode("utf-8", "replace")
    lines = [line for line in content.splitlines()[:_LINES] if line.strip()]
    if not lines:
        return False
    joined = "".join("".join(lines).split())
    letters = sum(map(str.isalpha, joined)) / max(len(joined), 1)
    counts = ({line.count(mark) for line in lines} for mark in _SEPARATORS)
    cut = len(lines) > 1 and any(len(found) == 1 and found != {0} for found in counts)
    return letters >= _LEAST_LETTERS and not cut


def _read_file(path: Path, content: bytes | None = None) -> tuple[str, tuple[str, ...]]:
    from automl.data.text_table import guessed_as_utf8, marked_as_utf8

    raw = unpacked_bytes(path, content=content)
    whole, notes = marked_as_utf8(raw, path)
    if b"\0" in whole:
        raise DataError(f"{path} is not a text file (it holds zero bytes): expected running text, UTF-8.")
    try:
        text = whole.decode()
    except UnicodeDecodeError:
        whole, notes = guessed_as_utf8(whole, path)
        text = whole.decode()
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _read_folder(folder: Path) -> RunningText:
    files = [item for item in files_below(folder) if item.name.endswith(SUFFIX)]
    if not files:
        raise DataError(f"{folder} holds no {SUFFIX} file: expected running text, one document a file.")
    texts: list[str] = []
    notes: list[str] = []
    empty: list[str] = []
    for file in files:
        text, told = _read_file(file)
        notes += told
        texts += [text] if text.strip() else []
        empty += [] if text.strip() else [file.name]
    if empty:
        said = f"{len(empty)} of {len(files)} files are empty and left out: {first_names(empty, 3)}."
        notes.append(Note(said, len(empty) / len(files)))
    return _joined(texts, str(folder), notes=tuple(notes))


def _read_json_lines(path: Path, content: bytes | None, field: str) -> RunningText:
    whole, notes = _read_file(path, content)
    texts: list[str] = []
    for where, record in records_of(whole, path):
        field = field or _field_of(record, where)
        if not isinstance(record.get(field), str):
            near = "" if field in record else f" {suggest(field, [str(name) for name in record])}"
            got = type(record.get(field)).__name__
            raise DataError(f"{where}: expected text in the field {field!r}, got {got}.{near}")
        texts += [record[field]] if record[field].strip() else []
    made = _joined(texts, str(path), notes=notes)
    return RunningText(text=made.text, documents=made.documents, field=field, notes=made.notes)


def _field_of(record: dict[str, object], where: str) -> str:
    """The field that holds the text, where the user names none."""
    strings = [name for name, value in record.items() if isinstance(value, str)]
    found = [name for name in FIELDS if name in strings] or strings
    if not found or (len(found) > 1 and found[0] not in FIELDS):
        raise DataError(
            f"{where}: expected one field of text, found {first_names(strings, 5) or 'none'}."
            " Name it: --keep FIELD."
        )
    return found[0]


def _texts_in_memory(source: Source) -> Sequence[str]:
    content = source.content[0] if isinstance(source.content, tuple) else source.content
    if hasattr(content, "columns"):
        raise DataError(
            "A language model reads running text: expected a path, or a list or array of texts, got a"
            " DataFrame. Give the column of texts: frame[NAME].to_numpy()."
        )
    cells: np.ndarray = content
    texts = [cell for cell in cells.reshape(-1).tolist() if isinstance(cell, str)]
    if len(texts) < cells.size or not texts:
        odd = cells.size - len(texts)
        raise DataError(f"{source.name}: expected texts, got {odd} of {cells.size} cells that are none.")
    return texts


def _joined(texts: Sequence[str], where: str, notes: tuple[str, ...] = ()) -> RunningText:
    """Documents one after another, each with its end."""
    if len(texts) < 2:
        made = RunningText(text="".join(texts), documents=len(texts), notes=notes)
    else:
        whole = "".join(f"{text}{DOCUMENT_END}" for text in texts)
        made = RunningText(text=whole, documents=len(texts), notes=notes)
    return _checked(made, where)


def _checked(made: RunningText, where: str) -> RunningText:
    if not made.text.strip():
        raise DataError(f"{where} holds no text: expected running text to learn from.")
    return made
