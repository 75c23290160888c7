"""Tables of strangers: their cells may name files of one folder only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from automl.core.errors import DataError

_folder: ContextVar[Path | None] = ContextVar("folder", default=None)


@contextmanager
def confined(folder: Path) -> Iterator[None]:
    """Within the block, in this thread, cells of tables may name files in ``folder`` and no others."""
    token = _folder.set(folder.resolve())
    try:
        yield
    finally:
        _folder.reset(token)


def within_reach(path: Path, cell: str) -> Path:
    """Return the file that a cell names.

    Args:
        path: of the file.
        cell: what names it.

    Raises:
        DataError: it lies where cells may not reach.
    """
    folder = _folder.get()
    if folder is not None and not path.resolve().is_relative_to(folder):
        raise DataError(f"Expected the name of a file that was sent, got {cell!r}.")
    return path
