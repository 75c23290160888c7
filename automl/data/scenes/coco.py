"""COCO: JSON with lists of images, annotations and categories; a file for each part."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from automl.core.errors import DataError
from automl.data.masks.pairs import masks_below
from automl.data.parts import UNNAMED, part_of_path, part_of_word
from automl.data.scenes.pictures import PictureIndex
from automl.data.scenes.scene import Scene, Scenes, number, scene
from automl.data.source import Source

LAYOUT = "COCO"

_HEAD = 1 << 16
_KEYS = (b'"images"', b'"annotations"', b'"categories"')


def recognises(source: Source) -> bool:
    """Whether a folder holds such a file."""
    return any(map(_looks_so, _files(source)))


def read(source: Source) -> Scenes:
    """Read all such files of a folder; an image that stands in several belongs to the first.

    Raises:
        DataError: one is no such JSON, or none names an image that is there.
    """
    root = source.path or Path()
    index, counts = PictureIndex(root, masks_below(source).values()), Counter[str]()
    scenes: dict[Path, Scene] = {}
    labels: list[str] = []
    for file in (item for item in _files(source) if _looks_so(item)):
        content = _content(file)
        if content is None:
            continue
        names = _names(content["categories"], file)
        labels += [name for name in names.values() if name not in labels]
        for item in _scenes(content, names, file, index, counts):
            counts["images stand in several files; the first one counts"] += item.path in scenes
            scenes.setdefault(item.path, item)
    if not scenes:
        raise DataError(f"{root}: no COCO file names an image. Expected lists of images and annotations.")
    counts["images without an annotation were left out"] += len({*index.files} - scenes.keys())
    ordered = tuple(sorted(scenes.values(), key=lambda item: item.name))
    used = {label for item in ordered for label in item.labels}
    return Scenes(
        scenes=ordered,
        layout=LAYOUT,
        where=str(root),
        # categories that nothing belongs to, as exports of some programs have, would be learned in vain
        labels=tuple(label for label in labels if label in used),
        counts=counts,
    )


def _files(source: Source) -> list[Path]:
    return [item for item in source.files if item.suffix == ".json" and not item.name.startswith(".")]


def _looks_so(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return False
    return head.lstrip()[:1] == b"{" and any(key in head for key in _KEYS)


def _content(file: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(file.read_text("utf-8"))
    except (ValueError, OSError, RecursionError) as error:
        raise DataError(f"{file} cannot be read as JSON: {error}. Repair it, or move it away.") from error
    lists = ("images", "annotations", "categories")
    if not isinstance(content, dict) or not all(isinstance(content.get(name), list) for name in lists):
        return None
    return content


def _names(categories: list[Any], file: Path) -> dict[Any, str]:
    """Names by number; numbers have gaps, and may begin with 0."""
    names = {item["id"]: str(item.get("name", item["id"])) for item in categories if _has(item, "id")}
    if len(set(names.values())) < len(names):
        raise DataError(f"{file}: two categories have one name. Expected a name for each.")
    return names


def _scenes(
    content: dict[str, Any], names: dict[Any, str], file: Path, index: PictureIndex, counts: Counter[str]
) -> list[Scene]:
    boxes: dict[Any, list[tuple[str, list[float], bool]]] = {}
    images = {item["id"]: item for item in content["images"] if _has(item, "id", "file_name")}
    counts["entries of images have no number or no file name"] += len(content["images"]) - len(images)
    for item in content["annotations"]:
        if not _has(item, "image_id", "bbox") or item["image_id"] not in images:
            counts["annotations have no box, or no image, and were left out"] += 1
            continue
        numbers = [number(value) for value in item["bbox"]] if _is_box(item["bbox"]) else [float("nan")] * 4
        x, y, wide, high = numbers
        label = names.get(item.get("category_id"), "")
        crowd = item.get("iscrowd") in (1, True)
        boxes.setdefault(item["image_id"], []).append((label, [x, y, x + wide, y + high], crowd))
    part = _part(file, index.root)
    made = []
    for key, item in images.items():
        path = index.named(str(item["file_name"]), file.parent) or index.root / str(item["file_name"])
        sides = tuple(number(item.get(side)) for side in ("width", "height"))
        known = all(side == side and side > 0 for side in sides)
        made.append(
            scene(
                path,
                index.name(path),
                boxes.get(key, []),
                part=part,
                size=(int(sides[0]), int(sides[1])) if known else None,
            )
        )
    return made


def _part(file: Path, root: Path) -> str:
    """The part that the name of a file tells, such as ``instances_val2017``, or that of its folders."""
    words = [part_of_word(word) for word in re.split(r"[^a-z]+", file.stem.lower())]
    return next((part for part in words if part), UNNAMED) or part_of_path(file, root)


def _has(item: Any, *keys: str) -> bool:
    return isinstance(item, dict) and all(key in item for key in keys)


def _is_box(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 4
