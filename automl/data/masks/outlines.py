"""Masks from COCO's outlines of objects: polygons and run lengths, drawn as files.

What is behind reads files of masks and nothing else. They lie in a folder of their own for as long as their
source is open. Where objects overlap, the smaller one is in front. Crowds, which outline many objects
roughly, count nowhere but for single objects in front of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
import pandas as pd
from PIL import Image

from automl.core.errors import DataError
from automl.core.files import write_whole, writing
from automl.core.names import first_names
from automl.core.notes import Note
from automl.core.optional import require
from automl.data.coco_files import CocoFile, has_keys, read_coco
from automl.data.image_files import Listing
from automl.data.image_heads import UNREADABLE, sides_as_seen
from automl.data.many_files import in_parallel
from automl.data.masks.files import CLASS_FILES, MOST_CLASSES
from automl.data.parts import TEST, VALIDATION
from automl.data.picture_index import PictureIndex
from automl.data.source import Source

OUTLINED = "outlined"
"""Key of a listing's schema: names of classes after the background, in the order of their values."""

BACKGROUND, CROWD = "background", "ignore"

COLUMN = "mask"

_LIBRARY = "faster_coco_eval.core.mask"


@dataclass(frozen=True, kw_only=True)
class _Picture:
    """A picture and the annotations of its objects."""

    path: Path
    entry: Mapping[str, Any]
    objects: tuple[Mapping[str, Any], ...]
    names: Mapping[Any, str]


def list_outlined(source: Source, titles: Sequence[str] | None = None) -> Listing | None:
    """List pictures of a folder with masks drawn from COCO's outlines; None where it has none.

    Args:
        source: a folder.
        titles: of the classes of training. Pictures of the test part are then listed alone, where there are
            some; without titles they are left out.

    Raises:
        DataError: the files name no picture that is there, or too many classes.
        MissingDependencyError: the library that draws polygons is not installed.
    """
    root = source.path or Path()
    files = [file for file in read_coco(source) if any(map(_outlines, file.annotations))]
    if not files:
        return None
    taken, left_out, notes = _of_parts(files, again=titles is not None)
    index = PictureIndex(root)
    pictures, told = _pictures(taken, index)
    elsewhere = {_path(entry, file, index) for file in left_out for entry in file.images.values()}
    strange = len({*index.files} - {item.path for item in pictures} - elsewhere)
    if strange:
        notes.append(f"{strange} images are in no COCO file and were left out.")
    if not pictures:
        raise DataError(f"{root}: no COCO file names an image that is there.")
    names = list(_used(pictures) if titles is None else titles)
    if len(names) >= MOST_CLASSES:
        raise DataError(f"{root}: objects have {len(names)} categories; masks take {MOST_CLASSES - 1}.")
    folder = cast("TemporaryDirectory[str]", source.kept.get(OUTLINED, TemporaryDirectory))
    masks, faults = _drawn(pictures, names, Path(folder.name), source)
    return Listing(
        paths=tuple(item.path for item in pictures),
        keys=np.array([item.path.relative_to(root).as_posix() for item in pictures], dtype=object),
        where=str(root),
        labels=pd.DataFrame({COLUMN: [str(mask) for mask in masks]}, dtype=object),
        masks=True,
        schema={OUTLINED: names},
        notes=(*notes, *told, *faults),
    )


def _of_parts(files: list[CocoFile], *, again: bool) -> tuple[list[CocoFile], list[CocoFile], list[str]]:
    """The files that count, the others, and what is told of these."""
    tests = [file for file in files if file.part == TEST]
    rest = [file for file in files if file.part != TEST]
    notes = []
    if not tests or not rest:
        rest, tests = files, []
    elif again:
        return tests, rest, ["The test part alone is read."]
    else:
        notes.append("Images of the test part are left out; `automl evaluate` of these data scores them.")
    parts = {file.part for file in rest}
    if not again and len(parts) > 1 and VALIDATION in parts:
        notes.append(
            "Images of the validation part are used as those of training: which validate is drawn anew."
        )
    return rest, tests, notes


def _path(entry: Mapping[str, Any], file: CocoFile, index: PictureIndex) -> Path | None:
    """The picture that an entry names; None where it is not there."""
    return index.named(str(entry["file_name"]), file.path.parent)


def _pictures(files: Sequence[CocoFile], index: PictureIndex) -> tuple[list[_Picture], list[Note]]:
    found: dict[Path, _Picture] = {}
    missing: list[str] = []
    without = several = 0
    for file in files:
        objects: dict[Any, list[Mapping[str, Any]]] = {}
        for item in file.annotations:
            if _outlines(item) and item["image_id"] in file.images:
                objects.setdefault(item["image_id"], []).append(item)
            else:
                without += 1
        for key, entry in file.images.items():
            path = _path(entry, file, index)
            if path is None:
                missing.append(str(entry["file_name"]))
            elif path in found:
                several += 1
            else:
                own = tuple(objects.get(key, ()))
                found[path] = _Picture(path=path, entry=entry, objects=own, names=file.names)
    total = max(1, len(found) + len(missing))
    said = (
        (without, "annotations have no outline, or no image, and were left out", total),
        (len(missing), f"images of COCO files are not there: {first_names(missing, 3)}", total),
        (several, "images stand in several files; the first one counts", total),
    )
    notes = [Note(f"{count} {text}.", min(1.0, count / of)) for count, text, of in said if count]
    return [found[path] for path in sorted(found)], notes


def _used(pictures: Sequence[_Picture]) -> list[str]:
    """Names of the categories that objects have, in the order of their numbers."""
    used = {
        (str(type(item["category_id"])), item["category_id"]): picture.names.get(item["category_id"], "")
        for picture in pictures
        for item in picture.objects
        if not _is_crowd(item)
    }
    names = dict.fromkeys(used[key] for key in sorted(used))
    return [name for name in names if name and name.lower() not in (BACKGROUND, CROWD)]


def _drawn(
    pictures: Sequence[_Picture], names: Sequence[str], folder: Path, source: Source
) -> tuple[list[Path], list[Note]]:
    """Mask files of pictures, and what could not be drawn."""
    draw = require(_LIBRARY, extra="vision", purpose="to draw COCO's outlines")
    write_whole(folder / CLASS_FILES[0], "\n".join((BACKGROUND, *names, CROWD)), durable=False)
    values = {name: value for value, name in enumerate(names, 1)}

    def work(at: int) -> tuple[Path, Counter[str]]:
        file, faults = folder / f"{at:07d}.png", Counter[str]()
        with writing(file):
            Image.fromarray(_mask(pictures[at], values, draw, faults)).save(file)
        return file, faults

    with source.phases.phase("drawing masks", len(pictures), unit="masks") as phase:
        drawn = in_parallel(work, range(len(pictures)), phase)
    faults = sum((found for _, found in drawn), Counter[str]())
    total = max(1, sum(len(item.objects) for item in pictures))
    return [file for file, _ in drawn], [
        Note(f"{count} {text}.", count / total) for text, count in sorted(faults.items())
    ]


def _mask(picture: _Picture, values: Mapping[str, int], draw: Any, faults: Counter[str]) -> np.ndarray:
    """Draw the objects of a picture ``(height, width) uint8``; 0 where there is none."""
    high, wide = _sides(picture)
    shapes: list[tuple[bool, int, int, np.ndarray]] = []
    for item in picture.objects:
        shape = _shape(item["segmentation"], high, wide, draw)
        name, crowd = picture.names.get(item["category_id"], ""), _is_crowd(item)
        if shape is None:
            faults["outlines cannot be drawn and were left out"] += 1
        elif not crowd and name not in values and name.lower() != BACKGROUND:
            faults["objects are of categories that training did not have; their pixels are not scored"] += 1
            shapes.append((True, int(shape.sum()), len(values) + 1, shape))
        else:
            value = len(values) + 1 if crowd else values.get(name, 0)
            shapes.append((crowd, int(shape.sum()), value, shape))
    mask = np.zeros((high, wide), np.uint8)
    for _, _, value, shape in sorted(shapes, key=lambda item: (not item[0], -item[1])):
        mask[shape] = value
    return mask


def _sides(picture: _Picture) -> tuple[int, int]:
    """Height and width as COCO has them, else those of the picture."""
    sides = picture.entry.get("height"), picture.entry.get("width")
    if all(isinstance(side, int) and 0 < side < 1 << 16 for side in sides):
        return cast("tuple[int, int]", sides)
    try:
        return sides_as_seen(picture.path)
    except UNREADABLE:
        return 1, 1  # it is counted where pictures and masks are compared


def _shape(outline: Any, high: int, wide: int, draw: Any) -> np.ndarray | None:
    """Pixels within an outline ``(high, wide) bool``; None where it cannot be drawn."""
    if isinstance(outline, list):
        polygons = [item for item in outline if _is_polygon(item)]
        if not polygons or len(polygons) < len(outline):
            return None
        inside = [np.clip(np.reshape(item, (-1, 2)), 0, (wide, high)).ravel().tolist() for item in polygons]
        return np.asarray(draw.decode(draw.merge(draw.frPyObjects(inside, high, wide))), bool)
    if not has_keys(outline, "counts", "size") or list(outline["size"]) != [high, wide]:
        return None
    lengths = outline["counts"]
    lengths = run_lengths(lengths) if isinstance(lengths, str) else lengths
    sound = isinstance(lengths, list) and all(isinstance(item, int) and item >= 0 for item in lengths)
    if not sound or sum(lengths) != high * wide:
        return None
    # column after column, beginning with pixels outside
    runs = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)
    return runs.reshape(wide, high).T


def run_lengths(text: str) -> list[int]:
    """Return the run lengths that COCO's compressed text holds.

    Numbers are written in groups of five bits, the lowest first, as characters from ``0`` on; from the
    fourth on as differences from the last but one. Format: Lin et al. (2014), "Microsoft COCO".
    """
    lengths: list[int] = []
    value = shift = 0
    for letter in text:
        group = ord(letter) - 48
        value |= (group & 31) << shift
        shift += 5
        if not group & 32:
            value -= (1 << shift) if group & 16 else 0
            lengths.append(value + (lengths[-2] if len(lengths) > 2 else 0))
            value = shift = 0
    return lengths


def _is_polygon(item: Any) -> bool:
    """Whether these are corners (x, y, x, y, ...), three or more."""
    numbers = isinstance(item, list) and all(isinstance(value, int | float) for value in item)
    return numbers and len(item) >= 6 and len(item) % 2 == 0 and bool(np.isfinite(item).all())


def _outlines(item: Any) -> bool:
    if not has_keys(item, "image_id", "category_id", "segmentation"):
        return False
    numbers = (item["image_id"], item["category_id"])
    return bool(item["segmentation"]) and all(isinstance(number, int | str) for number in numbers)


def _is_crowd(item: Mapping[str, Any]) -> bool:
    return item.get("iscrowd") in (1, True)
