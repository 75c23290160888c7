"""Pascal VOC: an XML file per picture, and lists of names for each part.

Corners count pixels from 1 and include the last one, unless a corner of the data set is 0: then they count
from 0, as many programs write them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.errors import DataError
from automl.data.masks.pairs import masks_below
from automl.data.parts import UNNAMED, part_of_path, part_of_word
from automl.data.picture_index import PictureIndex
from automl.data.scenes.scene import Scene, Scenes, number, scene
from automl.data.scenes.xml_tree import BadXmlError, first, read_tree
from automl.data.source import Source

LAYOUT = "Pascal VOC"

_HEAD = 400
"""Bytes by which such a file is recognised."""

_CORNERS = ("xmin", "ymin", "xmax", "ymax")


def recognises(source: Source) -> bool:
    """Whether a folder holds such annotations."""
    return any(map(_is_annotation, _files(source)))


def read(source: Source) -> Scenes:
    """Read all annotations of a folder.

    Raises:
        DataError: none of them can be read.
    """
    root = source.path or Path()
    files, index, counts = _files(source), PictureIndex(root, masks_below(source).values()), Counter[str]()
    scenes: list[Scene] = []
    for file in files:
        found = _scene(file, index, counts)
        if found is not None:
            scenes.append(found)
    if not scenes:
        raise DataError(
            f"{root}: none of {len(files)} XML files is an annotation of an image that is there."
        )
    counts["images without an annotation were left out"] += len(
        {*index.files} - {item.path for item in scenes}
    )
    parted = _in_parts(scenes, source.files, counts)
    shifted, notes = _from_one(parted)
    return Scenes(scenes=shifted, layout=LAYOUT, where=str(root), counts=counts, notes=notes)


def _files(source: Source) -> list[Path]:
    return [item for item in source.files if item.suffix == ".xml" and not item.name.startswith(".")]


def _is_annotation(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return b"<annotation" in stream.read(_HEAD)
    except OSError:
        return False


def _scene(file: Path, index: PictureIndex, counts: Counter[str]) -> Scene | None:
    try:
        name, parts = read_tree(file)
    except (BadXmlError, OSError) as error:
        counts[f"annotations cannot be read and were left out, such as {file.name}: {error}"] += 1
        return None
    if name != "annotation":
        counts["XML files are no annotations and were left out"] += 1
        return None
    path = index.named(str(first(parts, "filename")), file.parent) or index.beside(file)
    if path is None:
        counts["annotations name an image that is not there and were left out"] += 1
        return None
    boxes = [_box(item, counts) for item in parts.get("object", ()) if isinstance(item, dict)]
    size = first(parts, "size")
    sides = tuple(number(first(size, side)) for side in ("width", "height"))
    known = all(side == side and side > 0 for side in sides)
    return scene(
        path,
        index.name(path),
        boxes,
        part=part_of_path(path, index.root),
        size=(int(sides[0]), int(sides[1])) if known else None,
    )


def _box(item: dict[str, list[Any]], counts: Counter[str]) -> tuple[str, list[float], bool]:
    if str(first(item, "difficult")) == "1":
        counts["boxes are marked as difficult; they count as any other"] += 1
    corners = first(item, "bndbox")
    return str(first(item, "name")).strip(), [number(first(corners, side)) for side in _CORNERS], False


def _in_parts(scenes: list[Scene], files: Sequence[Path], counts: Counter[str]) -> list[Scene]:
    """Parts as lists of names say, where there are some."""
    listed: dict[str, str] = {}
    for file in files:
        part = part_of_word(file.stem) if file.parts[-3:-1] == ("ImageSets", "Main") else None
        if part and file.suffix == ".txt":
            lines = file.read_text("utf-8", "replace").splitlines()
            listed |= dict.fromkeys([line.split()[0] for line in lines if line.split()], part)
    if not listed:
        return scenes
    found = [replace(item, part=listed.get(item.path.stem, UNNAMED)) for item in scenes]
    kept = [item for item in found if item.part]
    counts["annotated images are in no list of a part and were left out"] += len(found) - len(kept)
    names = {item.path.stem for item in scenes}
    counts["listed images have no annotation, or are not there"] += len(listed.keys() - names)
    return kept


def _from_one(scenes: list[Scene]) -> tuple[tuple[Scene, ...], tuple[str, ...]]:
    """Corners from the outer edge of the first pixel."""
    corners = np.concatenate([item.corners for item in scenes])
    if (corners == 0).any():
        return tuple(scenes), ("Some corners are 0, so pixels are counted from 0 and not from 1.",)
    # the last pixel belongs to the box, so its outer edge has the pixel's number
    shift = np.array([1.0, 1.0, 0.0, 0.0])
    return tuple(replace(item, corners=_shifted(item.corners, shift)) for item in scenes), ()


def _shifted(corners: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """A box that ends where it begins, or before, has no area, and none is made for it."""
    empty = (corners[:, 2:] <= corners[:, :2]).any(axis=1, keepdims=True)
    return np.where(empty, corners, corners - shift)
