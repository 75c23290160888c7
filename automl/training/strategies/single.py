"""One device: the first accelerator that the backend has, else the CPU."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Single:
    """The backend's default device; the same on every backend."""

    name: str = "single"
    replicas: int = 1

    def scope(self) -> AbstractContextManager[Any]:
        """Return an empty context."""
        return nullcontext()


def single() -> Single:
    """Return the strategy of one device."""
    return Single()
