"""What could not be sent, kept in a file until it can be."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from automl.tracking.operation import Operation

FILE_NAME = "tracking_spool.jsonl"


class Spool:
    """An ordered queue of operations in ``tracking_spool.jsonl``; the file exists only while it holds any.

    Args:
        folder: the job folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME

    def __bool__(self) -> bool:
        return self.path.exists()

    def append(self, operations: Iterable[Operation]) -> None:
        """Add operations at the end and see them on disk before returning."""
        lines = [operation.to_line() for operation in operations]
        if lines:
            _write(self.path, lines, mode="a")

    def read(self) -> list[Operation]:
        """Return all operations, in order; a line cut off by a crash is left out."""
        if not self:
            return []
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return [Operation.from_line(line) for line in lines if line.endswith("}}")]

    def replace(self, operations: Sequence[Operation]) -> None:
        """Keep just these operations, whatever happens meanwhile; without any the file goes."""
        if not operations:
            self.path.unlink(missing_ok=True)
            return
        fresh = self.path.with_suffix(".new")
        _write(fresh, [operation.to_line() for operation in operations], mode="w")
        fresh.replace(self.path)


def _write(path: Path, lines: Sequence[str], *, mode: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open(mode, encoding="utf-8") as stream:
        stream.write("".join(f"{line}\n" for line in lines) if mode == "w" else _framed(lines))
        stream.flush()
        os.fsync(stream.fileno())


def _framed(lines: Sequence[str]) -> str:
    # the leading break ends a line that a crash cut off; empty lines are skipped when read
    return "\n" + "\n".join(lines) + "\n"
