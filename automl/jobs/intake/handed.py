"""Whether data in memory can be handed to a worker process, which gets a copy of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from automl.training.accelerator import host_memory

LARGEST_SHARE = 0.1
"""Share of the machine's memory that the data may take: both processes hold it, and its tensors."""

_LIBRARIES = ("pandas", "numpy", "polars")
_PLAIN = ("builtins", "datetime", "decimal", *_LIBRARIES)
"""Where classes come from that another process knows, too; one of the user's script it does not."""


def obstacle_to_hand(data: object) -> str:
    """Return why data cannot be handed over, as the end of a sentence; empty where it can.

    Args:
        data: a frame or an array, or a tuple of such; None for data in files.
    """
    parts = data if isinstance(data, tuple) else (data,)
    known = [part for part in parts if part is not None]
    if not all(_is_plain(part) for part in known):
        return "the data holds objects that other processes do not know"
    memory = host_memory()
    if memory is not None and sum(map(_bytes, known)) > LARGEST_SHARE * memory:
        return "the data is too large to be held in two processes"
    return ""


def _is_plain(part: Any) -> bool:
    if _library(type(part)) not in _LIBRARIES:
        return False
    return all(
        _library(kind) in _PLAIN
        for column in _object_columns(part)
        for kind in {type(cell) for cell in column}
    )


def _object_columns(part: Any) -> Iterable[Iterable[Any]]:
    """Columns whose cells may be of any class."""
    if _library(type(part)) == "polars":
        return ()
    if hasattr(part, "columns"):
        return [part.iloc[:, at] for at, kind in enumerate(part.dtypes) if str(kind) == "object"]
    return [part.ravel() if hasattr(part, "ravel") else part] if part.dtype == object else ()


def _library(kind: type) -> str:
    return kind.__module__.partition(".")[0]


def _bytes(part: Any) -> int:
    if hasattr(part, "estimated_size"):
        return int(part.estimated_size())
    if hasattr(part, "memory_usage"):
        used = part.memory_usage(index=False, deep=False)
        return int(used if isinstance(used, int) else used.sum())
    return int(getattr(part, "nbytes", 0))
