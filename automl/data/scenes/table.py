"""A table with a row per box: the path of the picture, a label, and four numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.core.errors import DataError, suggest
from automl.core.notes import Note
from automl.data.cells import is_missing
from automl.data.image_files import path_of
from automl.data.parts import UNNAMED, part_of_word
from automl.data.scenes.scene import Scene, Scenes, scene
from automl.data.source import PICTURE_SUFFIXES, Source

if TYPE_CHECKING:
    import pandas as pd

LAYOUT = "a table of boxes"

ONLY_LABEL = "object"
"""Label of all boxes where the table names none."""

FORMS: Sequence[tuple[str, str, str, str]] = (
    ("x1", "y1", "x2", "y2"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("left", "top", "right", "bottom"),
    ("x", "y", "w", "h"),
    ("x", "y", "width", "height"),
    ("left", "top", "width", "height"),
)
"""Names of the four columns: two corners, or a corner and two sides."""

_SIDES = ("w", "width")
_LABELS = ("label", "class", "category", "name", "class_name", "label_name", "labelname")
_PARTS = ("split", "part", "set", "subset", "fold")
_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which columns of a table say what.

    Attributes:
        picture: paths.
        box: four numbers.
        label: names, or None where all boxes are of one kind.
        part: the part of each picture, or None.
    """

    picture: str
    box: tuple[str, str, str, str]
    label: str | None
    part: str | None

    @property
    def sides(self) -> bool:
        """Whether the last two numbers are sides."""
        return self.box[2].lower() in _SIDES


def columns_of(frame: pd.DataFrame, target: Sequence[str] = ()) -> Columns | None:
    """Return the columns of a table of boxes, None where it is none.

    Args:
        frame: the table, or its first rows.
        target: what the user calls the target: at most the column of labels.
    """
    names = {str(name).strip().lower(): str(name) for name in frame.columns}
    form = next((form for form in FORMS if set(form) <= names.keys()), None)
    if form is None or len(target) > 1:
        return None
    picture = next((str(name) for name in frame.columns if _names_pictures(frame[name])), None)
    if picture is None:
        return None
    box = tuple(names[item] for item in form)
    if target and (target[0] in box or target[0] == picture or target[0] not in frame.columns):
        return None
    label = target[0] if target else next((names[item] for item in _LABELS if item in names), None)
    named = [names[item] for item in _PARTS if item in names]
    part = next((name for name in named if _names_parts(frame[name])), None)
    return Columns(picture=picture, box=(box[0], box[1], box[2], box[3]), label=label, part=part)


def read(source: Source, frame: pd.DataFrame, columns: Columns, where: str) -> Scenes:
    """Read the boxes of a table, a picture for each different path.

    Raises:
        DataError: no row names a picture.
    """
    from automl.data.cells import as_number, as_text

    folder = source.path.parent if source.path is not None else Path.cwd()
    paths = as_text(frame[columns.picture])
    numbers = np.stack([as_number(frame[name])[0] for name in columns.box], axis=1)
    shares, notes = _shares(numbers)
    if columns.sides:
        numbers = np.concatenate([numbers[:, :2], numbers[:, :2] + numbers[:, 2:]], axis=1)
    labels = as_text(frame[columns.label]) if columns.label else np.full(len(frame), ONLY_LABEL, object)
    parts = as_text(frame[columns.part]) if columns.part else np.full(len(frame), "", object)
    missing = [[is_missing(cell) for cell in as_text(frame[name])] for name in columns.box]
    empty = np.asarray(np.array(missing, bool).all(axis=0))
    counts, rows = Counter[str](), _rows_of(paths)
    counts["rows name no image and were left out"] += len(rows.pop("", ()))
    if not rows:
        raise DataError(f"{where}: no row of the column {columns.picture!r} names an image.")
    scenes: list[Scene] = []
    for cell, own in rows.items():
        told = {part_of_word(str(parts[row])) for row in own}
        counts["images stand in rows of several parts; the first one counts"] += len(told) > 1
        boxes = [(str(labels[row]).strip(), numbers[row].tolist(), False) for row in own if not empty[row]]
        part = part_of_word(str(parts[own[0]])) if columns.part else UNNAMED
        scenes.append(scene(path_of(folder, cell), cell, boxes, part=part, shares=shares))
    if not columns.label:
        notes = (*notes, Note(f"No column names what is in a box: all are called {ONLY_LABEL!r}."))
    return Scenes(scenes=tuple(scenes), layout=LAYOUT, where=where, counts=counts, notes=notes)


def columns_again(frame: pd.DataFrame, kept: Mapping[str, Any], where: str) -> Columns:
    """Return the columns that a table of training had.

    Raises:
        DataError: one is not there.
    """
    columns = Columns(**{**kept, "box": tuple(kept["box"])})
    for name in (columns.picture, *columns.box, *filter(None, (columns.label,))):
        if name not in frame.columns:
            raise DataError(f"{where} has no column {name!r}. {suggest(name, map(str, frame.columns))}")
    return columns if columns.part in frame.columns else Columns(**{**vars(columns), "part": None})


def _rows_of(paths: np.ndarray) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, cell in enumerate(paths.tolist()):
        rows.setdefault("" if is_missing(cell) else cell, []).append(row)
    return rows


def _shares(numbers: np.ndarray) -> tuple[bool, tuple[str, ...]]:
    known = numbers[~np.isnan(numbers)]
    shares = bool(known.size and (np.abs(known) <= 1.0).all() and (known != np.rint(known)).any())
    said = "All corners are from 0 to 1, so they are taken as shares of the images' sides."
    return shares, (said,) if shares else ()


def _names_pictures(series: pd.Series[Any]) -> bool:
    cells = [str(cell).strip().lower() for cell in series.dropna().head(_SHOWN)]
    named = [cell for cell in cells if cell]
    return bool(named) and all(cell.endswith(PICTURE_SUFFIXES) for cell in named)


def _names_parts(series: pd.Series[Any]) -> bool:
    cells = {str(cell).strip() for cell in series.dropna().unique()} - {""}
    return bool(cells) and all(part_of_word(cell) for cell in cells)
