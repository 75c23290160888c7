"""Messages through a folder that both sides see: numbered files of JSON, each written whole.

No locks, no clocks, no notification by the system, as a shared file system of a cluster may have none of
them: a reader looks what is there, in order of the numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from automl.core.files import writing
from automl.execution.executor import Message


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
        """Send some messages as one file.

        Raises:
            FileNotFoundError: the line was cut.
            DiskFullError: there is no room for them.
        """
        self._written += 1
        draft = self._folder / f".{self._written}.part"
        with writing(draft):
            draft.write_text(json.dumps(list(messages)), encoding="utf-8")
            draft.rename(self._folder / f"{self._written:09d}.json")

    def take(self) -> list[dict[str, Any]]:
        """Return what has come since, in order.

        Raises:
            FileNotFoundError: the line was cut.
        """
        found: list[dict[str, Any]] = []
        names = sorted(path.name for path in self._folder.iterdir() if path.suffix == ".json")
        for name in names:
            if int(name[:9]) != self._read + 1:
                break  # an earlier one is on its way: directories of some file systems lag behind
            path = self._folder / name
            found.extend(json.loads(path.read_text(encoding="utf-8")))
            self._read += 1
            path.unlink()
        return found


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
