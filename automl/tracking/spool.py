"""What could not be sent, kept in a file until it can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from automl.core.files import append, write_whole
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
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # the leading break ends a line that a crash cut off; empty lines are skipped when read
            append(self.path, "\n" + "".join(f"{line}\n" for line in lines))

    def read(self) -> list[Operation]:
        """Return all operations, in order; a line cut off by a crash, or of a stranger's, is left out."""
        if not self:
            return []
        found = []
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, TypeError, RecursionError):
                found.append(Operation.from_line(line))
        return found

    def replace(self, operations: Sequence[Operation]) -> None:
        """Keep just these operations, whatever happens meanwhile; without any the file goes."""
        if not operations:
            self.path.unlink(missing_ok=True)
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, "".join(f"{operation.to_line()}\n" for operation in operations))
