"""Signals that end a search cleanly: the first one finishes the epoch and saves everything, the second one
ends it at once.

These are Ctrl-C, SIGTERM, and SIGHUP, which is sent when a terminal is closed or lost. Handlers are
installed in the main thread only, because Python allows them only there.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any

from automl.core.children import ENDINGS

SIGTERM_SECONDS = 10.0
"""What a batch system's SIGTERM leaves to the running epoch: after it the model has to be exported, and the
usual grace until SIGKILL is 30 s."""

VOLLEY_SECONDS = 1.0
"""A terminal that closes, and systemd, send SIGHUP and SIGTERM together: within so long they are one."""

SAVING = "Interrupted: finishing this epoch and saving everything. Press Ctrl-C again to stop now."
EXPORTING = "Interrupted: exporting the best model and saving everything. Press Ctrl-C again to stop now."
ENDED = (SAVING, EXPORTING)
"""What a user is told who has ended a search."""


class Interrupts:
    """Remembers the first signal for whoever asks, and raises ``KeyboardInterrupt`` at the second.

    After SIGTERM and SIGHUP the second one comes by itself.

    Args:
        note: tells the user what happens now.
        text: what it is told.
        patient: whether no second one comes by itself.

    Attributes:
        requested: whether the search is to end.
    """

    def __init__(
        self, note: Callable[[str], None] = lambda text: None, text: str = SAVING, *, patient: bool = False
    ) -> None:
        self.requested = False
        self._note, self._text, self._patient = note, text, patient
        self._since = 0.0
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        self._previous = _handled((signal.SIGINT, *ENDINGS), self._heard)
        if self._previous and hasattr(signal, "SIGALRM"):
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
        _restore(self._previous)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            if number in ENDINGS and time.monotonic() - self._since < VOLLEY_SECONDS:
                return
            raise KeyboardInterrupt
        self.requested, self._since = True, time.monotonic()
        if number in ENDINGS and not self._patient and hasattr(signal, "SIGALRM"):
            signal.setitimer(signal.ITIMER_REAL, SIGTERM_SECONDS)
        # it came in the middle of writing to the terminal, or because that is gone
        with suppress(RuntimeError, OSError):
            self._note(self._text)


@contextmanager
def endings_interrupt() -> Iterator[None]:
    """Make SIGTERM and SIGHUP raise ``KeyboardInterrupt``, for what has nothing to save yet."""
    previous = _handled(ENDINGS, signal.default_int_handler)
    try:
        yield
    finally:
        _restore(previous)


@contextmanager
def never_swallowed() -> Iterator[None]:
    """Raise ``KeyboardInterrupt`` at the end of the block where one was raised in it and did not arrive.

    Imports of optional parts take it for a part that is missing (``import optree`` of Keras, cut short, is
    "you need to install optree"), and Python drops it where it is raised in a callback of a weak reference.
    """
    heard = False

    def hear(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        heard = True
        raise KeyboardInterrupt

    numbers = (signal.SIGINT, *ENDINGS)
    raising = [number for number in numbers if signal.getsignal(number) is signal.default_int_handler]
    previous = _handled(tuple(raising), hear)
    try:
        yield
    except Exception as error:
        if heard:
            raise KeyboardInterrupt from error
        raise
    finally:
        _restore(previous)
    if heard:
        raise KeyboardInterrupt


def _handled(numbers: tuple[int, ...], handler: Callable[..., Any]) -> dict[int, Any]:
    """Install a handler; a signal that the process was started to ignore, as by nohup, stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    return {number: signal.signal(number, handler) for number in heard}


def _restore(handlers: dict[int, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)
