"""Boxes of COCO's JSON files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from automl.core.errors import DataError
from automl.data.coco_files import CocoFile, has_keys, holds_coco, read_coco
from automl.data.masks.pairs import masks_below
from automl.data.picture_index import PictureIndex
from automl.data.scenes.scene import Scene, Scenes, number, scene
from automl.data.source import Source

LAYOUT = "COCO"

recognises = holds_coco


def read(source: Source) -> Scenes:
    """Read all such files of a folder; an image that stands in several belongs to the first.

    Raises:
        DataError: one is no such JSON, or none names an image that is there.
    """
    root = source.path or Path()
    index, counts = PictureIndex(root, masks_below(source).values()), Counter[str]()
    scenes: dict[Path, Scene] = {}
    labels: list[str] = []
    for file in read_coco(source):
        labels += [name for name in file.names.values() if name not in labels]
        for item in _scenes(file, index, counts):
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


def _scenes(file: CocoFile, index: PictureIndex, counts: Counter[str]) -> list[Scene]:
    boxes: dict[Any, list[tuple[str, list[float], bool]]] = {}
    counts["entries of images have no number or no file name"] += file.nameless
    for item in file.annotations:
        if not has_keys(item, "image_id", "bbox") or item["image_id"] not in file.images:
            counts["annotations have no box, or no image, and were left out"] += 1
            continue
        numbers = [number(value) for value in item["bbox"]] if _is_box(item["bbox"]) else [float("nan")] * 4
        x, y, wide, high = numbers
        label = file.names.get(item.get("category_id"), "")
        crowd = item.get("iscrowd") in (1, True)
        boxes.setdefault(item["image_id"], []).append((label, [x, y, x + wide, y + high], crowd))
    made = []
    for key, item in file.images.items():
        path = index.named(str(item["file_name"]), file.path.parent) or index.root / str(item["file_name"])
        sides = tuple(number(item.get(side)) for side in ("width", "height"))
        known = all(side == side and side > 0 for side in sides)
        made.append(
            scene(
                path,
                index.name(path),
                boxes.get(key, []),
                part=file.part,
                size=(int(sides[0]), int(sides[1])) if known else None,
            )
        )
    return made


def _is_box(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 4
