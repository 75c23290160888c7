"""Messages through a folder that both sides see: numbered files of JSON, each written whole.

It needs no locks, no clocks and no notification by the system, because a cluster's shared file system may
have none of them: a reader lists what is there, in the order of the numbers.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from automl.core.files import writing
from automl.execution.executor import Message

_NAME = re.compile(r"\d{9}\.json", re.ASCII)
"""Of a message; other systems leave files of their own on a shared disk."""

_OUT = ".out"
"""How the names of folders end that are being removed."""


class Mailbox:
    """One direction of a line.

    Args:
        folder: of the messages; made by whoever makes the line, and never again: once it is gone the line
            is cut.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = self._read = 0

    def put(self, messages: Sequence[Message]) -> None:
        """Send some messages as one file; when this raises nothing was sent, and they can be sent again.

        Raises:
            FileNotFoundError: the line was cut.
            DiskFullError: the disk is full.
            OSError: the file system does not answer.
        """
        number = self._written + 1
        draft = self._folder / f".{number}.part"
        with writing(draft):
            draft.write_text(json.dumps(list(messages)), encoding="utf-8")
            draft.rename(self._folder / f"{number:09d}.json")
        self._written = number

    def take(self) -> list[dict[str, Any]]:
        """Return what has come since, in order.

        Raises:
            FileNotFoundError: the line was cut.
            OSError: the file system does not answer.
        """
        found: list[dict[str, Any]] = []
        for name in sorted(path.name for path in self._folder.iterdir() if _NAME.fullmatch(path.name)):
            path, number = self._folder / name, int(name[:9])
            if number == self._read + 1:
                messages = _read(path)
                if messages is None:
                    break
                found += messages
                self._read = number
            elif number > self._read:
                break  # an earlier one is on its way: directories of some file systems lag behind
            with suppress(OSError):  # or by the next look
                path.unlink()
        return found


def remove(folder: Path) -> None:
    """Remove a folder into which others may be writing: they find it gone from one moment to the next."""
    # to remove the files one by one takes time, in which more would come
    away = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}{_OUT}")
    with suppress(OSError):
        folder.rename(away)
    for left in folder.parent.glob(f".{folder.name}.*{_OUT}"):
        shutil.rmtree(left, ignore_errors=True)


def _read(path: Path) -> list[dict[str, Any]] | None:
    """The messages of a file, None when they cannot be read yet."""
    try:
        messages = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    good = isinstance(messages, list) and all(isinstance(item, dict) for item in messages)
    return messages if good else None


class Pulse:
    """A sign of life in a file: a number that grows.

    Who reads it compares what it sees with what it saw, by its own clock; clocks of two machines differ.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0

    def beat(self, text: str = "") -> None:
        """Give a sign of life, with a word.

        Raises:
            FileNotFoundError: its folder is gone.
        """
        self._count += 1
        draft = self._path.with_name(f".{self._path.name}.part")
        draft.write_text(f"{self._count} {text}", encoding="utf-8")
        draft.rename(self._path)

    def seen(self) -> str:
        """Return what stands there now, empty when there is nothing."""
        with suppress(OSError):
            return self._path.read_text(encoding="utf-8")
        return ""
