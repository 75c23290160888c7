"""Data sets of Hugging Face as frames; the library is the user's and is not imported here.

Only rows are read: a format or transform of the data set, which would be the user's code, is left out, and
nothing is ever loaded by name, so no code of a data set runs.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from automl.core.errors import DataError
from automl.core.files import write_whole
from automl.core.notes import Note
from automl.core.sizes import size_text
from automl.core.user_cache import user_cache
from automl.data.objects.arrow import frame_of_table
from automl.data.remote.store import forget_oldest

FILES = ("Image", "Audio", "Video")
"""Features whose cells are files."""

_BEGINNINGS = {
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF8": ".gif",
    b"BM": ".bmp",
    b"II*\0": ".tif",
    b"MM\0*": ".tif",
    b"fLaC": ".flac",
    b"OggS": ".ogg",
    b"ID3": ".mp3",
    b"\xff\xfb": ".mp3",
}
_RIFF = {b"WAVE": ".wav", b"WEBP": ".webp", b"AVI ": ".avi"}


def frame_of_dataset(data: Any) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the rows of a ``datasets.Dataset`` as a frame, classes by name, files as paths.

    Pictures, sounds and videos that lie in the data set are written to the user's folder of caches, each
    once under a name of its content.

    Raises:
        DataError: it has no rows, or a file that is neither there nor in the data set.
    """
    if not len(data):
        raise DataError("The data set has no rows.")
    files = [name for name, kind in data.features.items() if type(kind).__name__ in FILES]
    for name in files:
        data = data.cast_column(name, type(data.features[name])(decode=False))
    table, notes = data.with_format("arrow")[:], []
    for name in files:
        paths, size = _paths(table.column(name), name)
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, pa.array(paths, pa.string()))
        if size:
            forget_oldest(_folder())
            told = f"Column {name!r}: its files ({size_text(size)}) were written to {_folder()}."
            notes.append(Note(told))
    frame, left_out = frame_of_table(table.replace_schema_metadata(None))
    return _with_class_names(frame, data.features), (*notes, *left_out)


def _with_class_names(frame: pd.DataFrame, features: Mapping[str, Any]) -> pd.DataFrame:
    """Numbers of classes as the names that they stand for, none where there is no number or -1."""
    for name, kind in features.items():
        names = getattr(kind, "names", None)
        if type(kind).__name__ != "ClassLabel" or not names or name not in frame:
            continue
        codes = pd.to_numeric(frame[name], errors="coerce").fillna(-1).to_numpy().astype(np.int64)
        frame[name] = np.array([*names, None], dtype=object)[np.where(codes < 0, len(names), codes)]
    return frame


def _paths(column: pa.ChunkedArray, name: str) -> tuple[list[str | None], int]:
    """The path of each file, and how many bytes were in the data set."""
    paths: list[str | None] = []
    size = 0
    for cell in column:
        found = cell.as_py()
        content, path = (found or {}).get("bytes"), (found or {}).get("path")
        if content:
            paths.append(str(_written(content, path)))
            size += len(content)
        elif path and not Path(path).is_file():
            raise DataError(
                f"Column {name!r}: {path} is neither in the data set nor on this machine. Download the "
                "data set with its files."
            )
        else:
            paths.append(str(Path(path).absolute()) if path else None)
    return paths, size


def _written(content: bytes, path: str | None) -> Path:
    mark = hashlib.sha256(content).hexdigest()[:32]
    file = _folder() / mark[:2] / f"{mark}{_suffix(content, path)}"
    if file.exists():
        os.utime(file)
    else:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(file, content, durable=False)
    return file


def _folder() -> Path:
    return user_cache() / "files"


def _suffix(content: bytes, path: str | None) -> str:
    """By what the file begins with, else the one that its name has."""
    if content[:4] == b"RIFF" and content[8:12] in _RIFF:
        return _RIFF[content[8:12]]
    if content[4:8] == b"ftyp":
        return ".mp4"
    known = next((end for start, end in _BEGINNINGS.items() if content.startswith(start)), "")
    return known or Path(path or "").suffix.lower()
