"""Parts that a data set is divided into by those who made it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

TRAIN, VALIDATION, TEST, UNNAMED = "train", "validation", "test", ""
"""Parts that a data set is divided into by those who made it; unnamed where it is not."""

_WORDS: Mapping[str, str] = {
    "train": TRAIN,
    "training": TRAIN,
    "val": VALIDATION,
    "valid": VALIDATION,
    "validation": VALIDATION,
    "dev": VALIDATION,
    "test": TEST,
    "testing": TEST,
}


def part_of_word(word: str) -> str:
    """Return the part that a word names, unnamed where it names none."""
    return _WORDS.get(word.lower(), UNNAMED)


def part_of_path(path: Path, root: Path) -> str:
    """Return the part that the folders of a path name, the innermost one of several."""
    found = [part_of_word(folder) for folder in path.relative_to(root).parts[:-1]]
    return next((part for part in reversed(found) if part), UNNAMED)
