"""Small drawings: dark pictures with bright rectangles, red ones and green ones, in every layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

LABELS = ("green", "red")
COLOURS = {"red": (220, 30, 30), "green": (30, 200, 60)}

Box = tuple[str, int, int, int, int]


def drawn(boxes: list[Box], width: int = 64, height: int = 48) -> np.ndarray:
    """A picture of boxes; corners are edges of pixels."""
    pixels = np.full((height, width, 3), 20, np.uint8)
    for label, x1, y1, x2, y2 in boxes:
        pixels[y1:y2, x1:x2] = COLOURS[label]
    return pixels


def scattered(count: int, seed: int = 0, width: int = 64, height: int = 48) -> list[list[Box]]:
    """Boxes of so many pictures, one or two in each, side by side."""
    random = np.random.default_rng(seed)
    made: list[list[Box]] = []
    for _ in range(count):
        boxes: list[Box] = []
        for half in range(int(random.integers(1, 3))):
            left = half * width // 2
            x1 = left + int(random.integers(0, width // 8))
            y1 = int(random.integers(0, height // 3))
            sides = random.integers(width // 6, width // 3, 2)
            y2 = min(height, y1 + int(sides[1]))
            boxes.append((LABELS[int(random.integers(2))], x1, y1, x1 + int(sides[0]), y2))
        made.append(boxes)
    return made


def save(folder: Path, boxes: list[list[Box]], prefix: str = "p", **size: int) -> list[str]:
    """Write a picture of each; return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{prefix}{place:03d}.png" for place in range(len(boxes))]
    for name, own in zip(names, boxes, strict=True):
        Image.fromarray(drawn(own, **size)).save(folder / name)
    return names


def xml_of(name: str, boxes: list[Box], width: int = 64, height: int = 48) -> str:
    """A VOC annotation: corners count from 1 and the last pixel is told."""
    objects = "".join(
        f"<object><name>{label}</name><difficult>0</difficult><bndbox><xmin>{x1 + 1}</xmin>"
        f"<ymin>{y1 + 1}</ymin><xmax>{x2}</xmax><ymax>{y2}</ymax></bndbox></object>"
        for label, x1, y1, x2, y2 in boxes
    )
    size = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
    return f"<annotation><filename>{name}</filename>{size}{objects}</annotation>"


def voc(root: Path, boxes: list[list[Box]], parts: dict[str, slice] | None = None) -> Path:
    """Pictures, annotations, and lists of names for each part."""
    names = save(root / "JPEGImages", boxes)
    (root / "Annotations").mkdir()
    for name, own in zip(names, boxes, strict=True):
        (root / "Annotations" / name).with_suffix(".xml").write_text(xml_of(name, own))
    for part, some in (parts or {}).items():
        file = root / "ImageSets" / "Main" / f"{part}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(name.removesuffix(".png") for name in names[some]))
    return root


def coco(root: Path, boxes: list[list[Box]], part: str = "train") -> Path:
    """A folder of pictures and one JSON; categories have the numbers 3 and 7."""
    names = save(root / part, boxes, prefix=part)
    numbers = {"green": 3, "red": 7}
    annotations: list[dict[str, Any]] = []
    for place, own in enumerate(boxes):
        for label, x1, y1, x2, y2 in own:
            annotations.append(
                {
                    "id": len(annotations),
                    "image_id": place,
                    "category_id": numbers[label],
                    "bbox": [x1, y1, x2 - x1, y2 - y1],
                }
            )
    content = {
        "images": [
            {"id": place, "file_name": name, "width": 64, "height": 48} for place, name in enumerate(names)
        ],
        "annotations": annotations,
        "categories": [{"id": number, "name": name} for name, number in numbers.items()],
    }
    (root / "annotations").mkdir(exist_ok=True)
    (root / "annotations" / f"instances_{part}.json").write_text(json.dumps(content))
    return root


def masked(root: Path, boxes: list[list[Box]], part: str = "") -> Path:
    """Folders ``images`` and ``masks`` and a COCO file: 0 is ground, 1 red, 2 green, 255 the last row."""
    folder = root / part
    names = save(folder / "images", boxes)
    (folder / "masks").mkdir()
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for place, (name, own) in enumerate(zip(names, boxes, strict=True)):
        mask = np.zeros((48, 64), np.uint8)
        mask[-1] = 255
        for label, x1, y1, x2, y2 in own:
            mask[y1:y2, x1:x2] = 1 if label == "red" else 2
            box = {"bbox": [x1, y1, x2 - x1, y2 - y1], "category_id": LABELS.index(label)}
            annotations.append({"id": len(annotations), "image_id": place, **box})
        Image.fromarray(mask).save(folder / "masks" / name)
        images.append({"id": place, "file_name": name, "width": 64, "height": 48})
    categories = [{"id": at, "name": name} for at, name in enumerate(LABELS)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "boxes.json").write_text(json.dumps(content))
    return root


def yolo(root: Path, boxes: list[list[Box]], part: str = "train") -> Path:
    """Folders ``images`` and ``labels`` of a part; pictures without boxes have no file."""
    names = save(root / "images" / part, boxes, prefix=part)
    labels = root / "labels" / part
    labels.mkdir(parents=True)
    (root / "classes.txt").write_text("\n".join(LABELS))
    for name, own in zip(names, boxes, strict=True):
        lines = [
            f"{LABELS.index(label)} {(x1 + x2) / 128} {(y1 + y2) / 96} {(x2 - x1) / 64} {(y2 - y1) / 48}"
            for label, x1, y1, x2, y2 in own
        ]
        if lines:
            (labels / name).with_suffix(".txt").write_text("\n".join(lines))
    return root


def table(root: Path, boxes: list[list[Box]]) -> Path:
    """A CSV with a row per box: a corner and two sides."""
    names = save(root, boxes)
    rows = ["path,label,x,y,w,h"]
    for name, own in zip(names, boxes, strict=True):
        rows += [f"{name},{label},{x1},{y1},{x2 - x1},{y2 - y1}" for label, x1, y1, x2, y2 in own]
        rows += [f"{name},,,,,"] if not own else []
    (root / "boxes.csv").write_text("\n".join(rows))
    return root / "boxes.csv"
