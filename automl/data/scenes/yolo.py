"""YOLO: a text file per picture with a line per box, and a YAML file with names and parts.

A line is the place of the label, the middle and the sides as shares of the picture's; more numbers are the
corners of an outline, whose box is taken. A picture without such a file, or with an empty one, has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from automl.core.errors import DataError, SpaceError
from automl.core.folders import files_below
from automl.core.yaml_values import read_located
from automl.data.image_files import PICTURE_FILES
from automl.data.masks.pairs import masks_below
from automl.data.parts import part_of_path, part_of_word
from automl.data.picture_index import PictureIndex
from automl.data.scenes.scene import Scene, Scenes, number, scene
from automl.data.source import Source

LAYOUT = "YOLO"

_MOST_BYTES = 1 << 20
_NAMES = ("classes.txt", "obj.names", "labels.txt")


def recognises(source: Source) -> bool:
    """Whether a folder has a YAML file with names and parts, or lines of boxes in ``labels``."""
    root = source.path
    if root is None or not root.is_dir():
        return False
    return _described(root) is not None or any(_is_lines(item) for item in _label_files(source)[:5])


def read(source: Source) -> Scenes:
    """Read all pictures of a folder, with their boxes.

    Raises:
        DataError: there is no picture.
    """
    root = source.path or Path()
    index = PictureIndex(root, masks_below(source).values())
    counts, notes = Counter[str](), tuple[str, ...]()
    described = _described(root)
    folder, facts = described if described is not None else (root, {})
    names = _names(facts, source.files)
    parts = _parts(facts, folder, counts)
    files = [item for item in index.files if not parts or item.resolve() in parts]
    if not files:
        raise DataError(f"{root}: no image lies where {LAYOUT} has them. Expected images/ beside labels/.")
    counts["images are in no part and were left out"] += len(index.files) - len(files)
    scenes: list[Scene] = []
    for path in files:
        part = parts.get(path.resolve()) or part_of_path(path, root)
        scenes.append(scene(path, index.name(path), _boxes(path, names, counts), part=part, shares=True))
    if not names:
        notes = ("No file tells the names of labels, so they are called by their numbers.",)
    used = {label for item in scenes for label in item.labels}
    labels = tuple(names.values()) or tuple(sorted(used, key=lambda label: (len(label), label)))
    return Scenes(
        scenes=tuple(scenes), layout=LAYOUT, where=str(root), labels=labels, counts=counts, notes=notes
    )


def _described(root: Path) -> tuple[Path, Mapping[str, Any]] | None:
    """The folder and the content of the first YAML file with names and a part."""
    for file in sorted([*root.glob("*.yaml"), *root.glob("*.yml")]):
        try:
            small = file.stat().st_size <= _MOST_BYTES
            content = read_located(file.read_text("utf-8"), file.name).plain if small else None
        except (SpaceError, OSError, UnicodeDecodeError):
            continue  # another program's
        if isinstance(content, dict) and "names" in content and {"train", "val", "test"} & content.keys():
            return file.parent, content
    return None


def _label_files(source: Source) -> list[Path]:
    root, files = source.path or Path(), [item for item in source.files if item.suffix == ".txt"]
    return [item for item in files if "labels" in item.relative_to(root).parts[:-1]]


def _is_lines(file: Path) -> bool:
    try:
        lines = file.read_text("utf-8")[:_MOST_BYTES].splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    return bool(lines) and all(_is_box(line.split()) for line in lines[:20] if line.strip())


def _is_box(words: list[str]) -> bool:
    numbers = [number(word) for word in words]
    return len(words) >= 5 and words[0].isdigit() and all(0 <= value <= 1 for value in numbers[1:])


def _names(facts: Mapping[str, Any], files: Sequence[Path]) -> dict[int, str]:
    """Names of labels by their places."""
    given = facts.get("names")
    if isinstance(given, Mapping):
        return {int(place): str(name) for place, name in given.items() if str(place).isdigit()}
    if isinstance(given, list):
        return dict(enumerate(map(str, given)))
    for name in _NAMES:
        for file in (item for item in files if item.name == name):
            lines = [line.strip() for line in file.read_text("utf-8", "replace").splitlines()]
            return dict(enumerate(line for line in lines if line))
    return {}


def _parts(facts: Mapping[str, Any], folder: Path, counts: Counter[str]) -> dict[Path, str]:
    """The part of each picture, by its resolved path; empty where no part is described."""
    base = folder / str(facts.get("path") or "")
    base = base if base.is_dir() else folder
    found: dict[Path, str] = {}
    for word in ("test", "val", "train"):  # one that stands in several is trained on
        given = facts.get(word)
        for written in given if isinstance(given, list) else [given] if given else []:
            place = _place(str(written), base, folder)
            if place is None:
                counts[f"places of images, such as {written!r} of {word!r}, are not there"] += 1
                continue
            found |= dict.fromkeys(_pictures(place), part_of_word(word))
    return found


def _place(written: str, base: Path, folder: Path) -> Path | None:
    """A path that may have been right on another machine: from the folder, or one or two steps above it."""
    plain = written.replace("\\", "/")
    while plain.startswith("../"):
        plain = plain[3:]
    for root in (base, folder):
        for name in (written, plain):
            if (root / name).exists():
                return root / name
    return None


def _pictures(place: Path) -> list[Path]:
    if place.is_dir():
        return [item.resolve() for item in files_below(place) if PICTURE_FILES.has(item)]
    lines = [line.strip() for line in place.read_text("utf-8", "replace").splitlines() if line.strip()]
    return [(place.parent / line).resolve() for line in lines]


def _boxes(
    picture: Path, names: Mapping[int, str], counts: Counter[str]
) -> list[tuple[str, list[float], bool]]:
    file = _lines_of(picture)
    if file is None:
        return []
    found = []
    for line in file.read_text("utf-8", "replace").splitlines():
        words = line.split()
        if not words:
            continue
        numbers = [number(word) for word in words[1:]]
        if len(numbers) < 4 or not words[0].isdigit():
            counts["lines are no boxes and were left out"] += 1
            continue
        outlined = len(numbers) >= 6 and len(numbers) % 2 == 0
        counts["boxes are those around an outline"] += outlined
        label = names.get(int(words[0]), "") if names else words[0]
        found.append((label, _around(numbers) if outlined else _corners(numbers), False))
    return found


def _lines_of(picture: Path) -> Path | None:
    """The text file of a picture: in ``labels`` where it is in ``images``, or beside it."""
    parts = list(picture.parts)
    if "images" in parts[:-1]:
        place = len(parts) - 1 - parts[::-1].index("images")
        other = Path(*parts[:place], "labels", *parts[place + 1 :]).with_suffix(".txt")
        if other.is_file():
            return other
    beside = picture.with_suffix(".txt")
    return beside if beside.is_file() else None


def _corners(numbers: list[float]) -> list[float]:
    x, y, wide, high = numbers[:4]
    return [x - wide / 2, y - high / 2, x + wide / 2, y + high / 2]


def _around(numbers: list[float]) -> list[float]:
    xs, ys = numbers[0::2], numbers[1::2]
    return [min(xs), min(ys), max(xs), max(ys)]
