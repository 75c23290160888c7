"""What lies elsewhere and can be copied: a file, or a folder of files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Told: TypeAlias = "Callable[[int], None]"
"""Hears how many more bytes have come."""


@dataclass(frozen=True, kw_only=True)
class Remote:
    """A file or folder elsewhere, looked at and not read yet.

    Attributes:
        shown: its address without secrets.
        name: relative path that its copy gets.
        version: another one when its content changes; empty where nobody tells.
        size: bytes, or None where that is not known before.
        write: writes it to a path that is not there yet, whose folder is.
    """

    shown: str
    name: Path
    version: str
    size: int | None
    write: Callable[[Path, Told], None]
