"""Tables with a row per recording: a column of paths and one of transcripts; so are lists of JSON objects.

Files that end in ``.tsv`` are read as Common Voice writes them (Ardila et al., 2020): tabs between cells
and no quoting, since a quotation mark there is one of the transcript.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError, suggest
from automl.core.transcripts import cleaned
from automl.data.cells import as_number, as_text, is_missing
from automl.data.file_bytes import read_bytes
from automl.data.kinds.sound import names_sounds
from automl.data.parts import UNNAMED, part_of_word
from automl.data.source import Source
from automl.data.tables import listed, read_table
from automl.data.transcripts.recordings import SURE_TEXTS, TEXTS, Recording, Recordings, sound_of

_PARTS = ("split", "part", "set", "subset")
_HEAD = 1_000

NEMO_SOUND, NEMO_BEGIN = "audio_filepath", "offset"
"""Columns of NeMo's lists: paths, and where in a longer recording one begins, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which columns of a table say what.

    Attributes:
        sound: paths.
        text: transcripts, or None where there are none.
        part: the part of each recording, or None.
    """

    sound: str
    text: str | None
    part: str | None


def recognises(frame: pd.DataFrame, target: Sequence[str]) -> bool:
    """Whether a table is one of transcripts, by the names of its columns.

    One of ``SURE_TEXTS`` says so, and any of ``TEXTS`` beside paths that are called as NeMo calls them.

    Args:
        frame: the table.
        target: what the user calls the target: the column of transcripts, if anything.
    """
    head = frame.head(_HEAD)
    heard = _sound_column(head)
    sure = TEXTS if heard == NEMO_SOUND else SURE_TEXTS
    named = [name for name in head.columns if str(name).strip().lower() in sure]
    asked = not target or (len(target) == 1 and target[0] in named)
    return bool(named) and asked and heard is not None


def frame_of(source: Source, *, header: bool) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a table, and notes."""
    if header and source.kind == "table" and source.path is not None:
        suffixes = [item.lower() for item in source.path.suffixes if item.lower() != ".gz"]
        if suffixes[-1:] == [".tsv"]:
            return _plain_tabs(source.path, source.content)
    table = read_table(source, header=header)
    return table.frame, table.notes


def read(source: Source, target: Sequence[str], group: str | None, *, header: bool) -> Recordings:
    """Read a table of transcripts.

    Args:
        source: where it is.
        target: the column of transcripts; empty to find it.
        group: the column that tells who speaks, or None.
        header: False when its first row is data.

    Raises:
        DataError: a column is not there.
    """
    frame, notes = frame_of(source, header=header)
    where = str(source.path or source.name)
    columns = _columns(frame, target, where)
    if group is not None:
        _refuse_unknown(frame, group, where)
    kept = {"path_column": columns.sound, "text_column": columns.text, "header": header}
    return _recordings(source, frame, columns, group, kept, notes)


def read_again(source: Source, kept: Mapping[str, Any], *, spoken: bool) -> Recordings:
    """Read another table by the columns of the first; transcripts need be there only where ``spoken``.

    Raises:
        DataError: a column is not there.
    """
    frame, notes = frame_of(source, header=kept.get("header", True))
    where = str(source.path or source.name)
    known = kept.get("path_column")
    sound = known if known in frame.columns else _sound_column(frame.head(_HEAD))
    if sound is None:
        _refuse_no_sounds(frame, where)
    text = kept.get("text_column")
    if spoken and (text is None or text not in frame.columns):
        text = _columns(frame, (), where).text
    columns = Columns(sound=str(sound), text=text if spoken else None, part=_part_column(frame))
    return _recordings(source, frame, columns, None, kept, notes)


def _recordings(
    source: Source,
    frame: pd.DataFrame,
    columns: Columns,
    group: str | None,
    kept: Mapping[str, Any],
    notes: tuple[str, ...],
) -> Recordings:
    _refuse_parts(frame, columns.sound, str(source.path or source.name))
    folder = source.path.parent if source.path is not None else Path.cwd()
    blank = np.full(len(frame), "", object)

    def cells(name: str | None) -> list[str]:
        return list(blank if name is None else as_text(frame[name]))

    every = zip(cells(columns.sound), cells(columns.text), cells(group), cells(columns.part), strict=True)
    counts: Counter[str] = Counter()
    items = []
    for cell, text, speaker, part in every:
        if is_missing(cell):
            counts["rows name no sound and were left out"] += 1
            continue
        items.append(
            Recording(
                path=sound_of(folder, cell),
                name=cell,
                text=cleaned(text),
                speaker=speaker,
                part=part_of_word(part) if part else UNNAMED,
            )
        )
    where = str(source.path or source.name)
    return Recordings(items=tuple(items), where=where, kept=kept, counts=counts, notes=notes)


def _columns(frame: pd.DataFrame, target: Sequence[str], where: str) -> Columns:
    sound = _sound_column(frame.head(_HEAD))
    if sound is None:
        _refuse_no_sounds(frame, where)
    for name in target:
        _refuse_unknown(frame, name, where)
    names = {str(name).strip().lower(): str(name) for name in frame.columns}
    found = target[0] if target else next((names[item] for item in TEXTS if item in names), None)
    if found is None or found == sound:
        raise DataError(
            f"{where}: expected a column with what is said, called {', '.join(TEXTS)}; found the columns"
            f" {listed([str(name) for name in frame.columns])}. Name it: --target COLUMN."
        )
    return Columns(sound=str(sound), text=found, part=_part_column(frame))


def _sound_column(frame: pd.DataFrame) -> str | None:
    return next((str(name) for name in frame.columns if names_sounds(frame[name])), None)


def _part_column(frame: pd.DataFrame) -> str | None:
    """A column whose cells all name parts."""
    for name in frame.columns:
        if str(name).strip().lower() in _PARTS:
            cells = {cell for cell in as_text(frame[name]).tolist() if cell}
            if cells and all(part_of_word(cell) for cell in cells):
                return str(name)
    return None


def _refuse_unknown(frame: pd.DataFrame, name: str, where: str) -> None:
    if name not in frame.columns:
        raise DataError(f"{where} has no column {name!r}. {suggest(name, list(map(str, frame.columns)))}")


def _refuse_no_sounds(frame: pd.DataFrame, where: str) -> None:
    raise DataError(
        f"{where}: expected a column with paths of sounds, found none among"
        f" {listed([str(name) for name in frame.columns])}."
    )


def _refuse_parts(frame: pd.DataFrame, sound: str, where: str) -> None:
    """Refuse recordings that are parts of longer ones: whole files are read."""
    if sound == NEMO_SOUND and NEMO_BEGIN in frame.columns:
        begins = as_number(frame[NEMO_BEGIN])[0]
        if (begins > 0).any():
            count = int((begins > 0).sum())
            raise DataError(
                f"{where}: {count} rows name parts of recordings (column {NEMO_BEGIN!r}), and whole"
                " files are read here. Cut the recordings into files."
            )


def _plain_tabs(path: Path, content: bytes | None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Cells between tabs, as they stand."""
    try:
        text = read_bytes(path, content=content).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text: {error}. Save it as UTF-8.") from None
    lines = [line.rstrip("\r").split("\t") for line in text.split("\n") if line.strip()]
    names = [name.strip() for name in lines[0]]
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(names):
            raise DataError(
                f"{path}, line {number}: expected {len(names)} cells as in the header, got {len(cells)}."
            )
    if len(set(names)) < len(names):
        raise DataError(f"{path}: two columns have one name: {', '.join(names)}.")
    columns = zip(*lines[1:], strict=True) if len(lines) > 1 else [()] * len(names)
    return pd.DataFrame(dict(zip(names, map(list, columns), strict=True)), dtype=object), ()
