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
    grain: int = 1
    accumulates: bool = True

    def scope(self) -> AbstractContextManager[Any]:
        """Return the context in which models are built soonest."""
        from automl.training.devices import quick_to_build

        return quick_to_build()

    def training(self) -> AbstractContextManager[Any]:
        """Return a context that changes nothing."""
        return nullcontext()


def single() -> Single:
    """Return the strategy of one device."""
    return Single()
