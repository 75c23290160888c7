"""COCO's JSON files: lists of images, annotations and categories, a file for each part."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl.core.errors import DataError
from automl.data.parts import UNNAMED, part_of_path, part_of_word
from automl.data.source import Source

_HEAD = 1 << 16
_KEYS = (b'"images"', b'"annotations"', b'"categories"')


@dataclass(frozen=True, kw_only=True)
class CocoFile:
    """What one file says.

    Attributes:
        path: the file.
        part: that it describes, unnamed where neither its name nor its folders tell.
        names: of the categories by their numbers, which have gaps and may begin with 0.
        images: with a number and a file name, by their numbers.
        annotations: as they stand there.
        nameless: entries of images without one of both.
    """

    path: Path
    part: str
    names: Mapping[Any, str]
    images: Mapping[Any, Mapping[str, Any]]
    annotations: Sequence[Any]
    nameless: int = 0


def holds_coco(source: Source) -> bool:
    """Whether a folder holds such a file."""
    return any(map(_looks_so, _files(source)))


def read_coco(source: Source) -> list[CocoFile]:
    """Read all such files of a folder; other JSON is passed over.

    Raises:
        DataError: one cannot be read, or two categories of it have one name.
    """
    found = (_read(file, source) for file in _files(source) if _looks_so(file))
    return [item for item in found if item is not None]


def has_keys(item: Any, *keys: str) -> bool:
    """Whether an entry is a mapping with these keys."""
    return isinstance(item, dict) and all(key in item for key in keys)


def _files(source: Source) -> list[Path]:
    return [item for item in source.files if item.suffix == ".json" and not item.name.startswith(".")]


def _looks_so(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return False
    return head.lstrip()[:1] == b"{" and any(key in head for key in _KEYS)


def _read(file: Path, source: Source) -> CocoFile | None:
    try:
        content = json.loads(file.read_text("utf-8"))
    except (ValueError, OSError, RecursionError) as error:
        raise DataError(f"{file} cannot be read as JSON: {error}. Repair it, or move it away.") from error
    lists = ("images", "annotations", "categories")
    if not isinstance(content, dict) or not all(isinstance(content.get(name), list) for name in lists):
        return None
    images = {item["id"]: item for item in content["images"] if has_keys(item, "id", "file_name")}
    return CocoFile(
        path=file,
        part=_part(file, source.path or Path()),
        names=_names(content["categories"], file),
        images=images,
        annotations=content["annotations"],
        nameless=len(content["images"]) - len(images),
    )


def _names(categories: list[Any], file: Path) -> dict[Any, str]:
    names = {item["id"]: str(item.get("name", item["id"])) for item in categories if has_keys(item, "id")}
    if len(set(names.values())) < len(names):
        raise DataError(f"{file}: two categories have one name. Expected a name for each.")
    return names


def _part(file: Path, root: Path) -> str:
    """The part that the name of a file tells, such as ``instances_val2017``, or that of its folders."""
    words = [part_of_word(word) for word in re.split(r"[^a-z]+", file.stem.lower())]
    return next((part for part in words if part), UNNAMED) or part_of_path(file, root)
