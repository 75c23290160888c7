"""Files below a folder, those behind links to folders among them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from automl.core.errors import DataError


def files_below(root: Path) -> tuple[Path, ...]:
    """Return all files below a folder, in order; data is often put together of links to folders.

    A link to a folder that it lies in is not followed, and folders that may not be read hold nothing (such
    as ``lost+found`` of a disk of data).

    Raises:
        DataError: a name is no UTF-8, so that no table, note or JSON could tell which file is meant.
    """
    files = tuple(sorted(_below(root, frozenset())))
    for file in files:
        try:
            str(file).encode()
        except UnicodeEncodeError:
            told = os.fsencode(file).decode(errors="backslashreplace")
            raise DataError(f"The name of {told} is not UTF-8. Rename it.") from None
    return files


def _below(folder: Path, above: frozenset[tuple[int, int]]) -> Iterator[Path]:
    try:
        facts, entries = folder.stat(), list(os.scandir(folder))
    except PermissionError:
        return
    itself = (facts.st_dev, facts.st_ino)
    if itself in above:
        return
    for entry in entries:
        if _leads_to(entry, os.DirEntry.is_dir):
            yield from _below(Path(entry.path), above | {itself})
        elif _leads_to(entry, os.DirEntry.is_file):
            yield Path(entry.path)


def _leads_to(entry: os.DirEntry[str], kind: Callable[[os.DirEntry[str]], bool]) -> bool:
    try:
        return kind(entry)
    except OSError:  # a link to itself
        return False
