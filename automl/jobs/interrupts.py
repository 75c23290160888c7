"""Ctrl-C and SIGTERM, heard everywhere and obeyed only where nothing can be left half-written."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Turns the first signal into a ``KeyboardInterrupt`` inside ``exposed`` blocks only.

    Outside of them the first signal is remembered and raised when the next block begins; a second
    signal is raised at once. Off the main thread nothing is installed, as Python allows it only there.
    """

    def __init__(self) -> None:
        self.requested = False
        self._exposed = False
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._previous = {number: signal.signal(number, self._heard) for number in _SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    @contextmanager
    def exposed(self) -> Iterator[None]:
        """Let a signal interrupt this block, at once."""
        if self.requested:
            raise KeyboardInterrupt
        self._exposed = True
        try:
            yield
        finally:
            self._exposed = False

    def _heard(self, number: int, frame: FrameType | None) -> None:
        repeated, self.requested = self.requested, True
        if self._exposed or repeated:
            self._exposed = False
            raise KeyboardInterrupt
