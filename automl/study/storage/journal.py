"""Optuna's journal file, without the parts of lines that a killed process or a full disk leaves."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from optuna.storages.journal import BaseJournalBackend, JournalFileBackend

from automl.core.files import writing


class Journal(BaseJournalBackend):
    """A journal file; a last line that is cut off is removed, as the next one would be glued to it.

    Args:
        path: the file, made when it is not there; its folder is.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        _mend(path)
        self._file = JournalFileBackend(str(path))
        self._read: tuple[int, int] | None = None
        """Number of the next line and size of the file when all was read."""

    def read_logs(self, log_number_from: int) -> Iterable[dict[str, Any]]:
        """Return what was written since; see Optuna."""
        # a study asks before nearly all that it does, seldom with news: looking at the size costs a tenth
        size = self._path.stat().st_size
        if self._read == (log_number_from, size):
            return []
        logs = list(self._file.read_logs(log_number_from))
        self._read = (log_number_from + len(logs), size)
        return logs

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Write lines, and see them on the disk.

        Raises:
            DiskFullError: the disk is full; the study stays as it was.
        """
        self._read = None
        with writing(self._path):
            try:
                self._file.append_logs(logs)
            except OSError:
                with suppress(OSError):
                    _mend(self._path)
                raise


def _mend(path: Path) -> None:
    if not path.is_file():
        return
    written = path.read_bytes()
    if written and not written.endswith(b"\n"):
        with path.open("r+b") as file:
            file.truncate(written.rfind(b"\n") + 1)
