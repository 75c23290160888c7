"""Ctrl-C and SIGTERM: once, and the epoch is finished and everything saved; twice, and it ends now."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)

SIGTERM_SECONDS = 10.0
"""What a batch system's SIGTERM leaves to the running epoch: after it the model has to be exported, and the
usual grace until SIGKILL is 30 s."""


class Interrupts:
    """Remembers the first signal for whoever asks, and raises ``KeyboardInterrupt`` at the second.

    After SIGTERM the second one comes by itself. Off the main thread nothing is installed, as Python allows
    it only there.

    Args:
        note: tells the user what happens now.

    Attributes:
        requested: whether the search is to end.
    """

    def __init__(self, note: Callable[[str], None] = lambda text: None) -> None:
        self.requested = False
        self._note = note
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._previous = {number: signal.signal(number, self._heard) for number in _SIGNALS}
            if hasattr(signal, "SIGALRM"):
                self._previous[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._heard)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if hasattr(signal, "SIGALRM") and self._previous:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        repeated, self.requested = self.requested, True
        if repeated:
            raise KeyboardInterrupt
        with suppress(RuntimeError):  # the signal came in the middle of writing to the terminal
            self._note("Interrupted: the epoch is finished and everything saved. Ctrl-C again ends it now.")
        if number == signal.SIGTERM and hasattr(signal, "SIGALRM"):
            signal.setitimer(signal.ITIMER_REAL, SIGTERM_SECONDS)
