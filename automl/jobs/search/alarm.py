"""Ends calls that cannot check a deadline themselves, before there is a model to lose."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from automl.core.errors import TimeUpError
from automl.core.phases import Phases

SIGNAL = getattr(signal, "SIGVTALRM", None)
"""Wakes the main thread; SIGALRM is taken by ``Interrupts``, and by many a test runner."""

PATIENCE = 1.0
"""Seconds in which the main thread is to come back to Python, before the command ends without it."""


class Alarm:
    """Raises ``TimeUpError`` in the main thread at the end of the time, unless it was called off.

    Args:
        phases: says what the job is at.
        forceful: whether to end the process where the main thread does not come back from a native call.
    """

    def __init__(self, phases: Phases, *, forceful: bool) -> None:
        self._phases, self._forceful = phases, forceful
        self._off = threading.Event()
        self.raised: TimeUpError | None = None

    def off(self) -> None:
        """There is a model now, and the search itself sees to it that it ends in time."""
        self._off.set()

    def wait(self, at: float) -> None:
        """Wait for the end of the time, ``time.monotonic()``; runs in a thread of its own."""
        if self._off.wait(max(at - time.monotonic(), 0.0)) or SIGNAL is None:
            return
        signal.pthread_kill(threading.main_thread().ident or 0, SIGNAL)
        if not self._off.wait(PATIENCE) and self._forceful:
            print(f"Error: {self._error()}", file=sys.stderr, flush=True)
            os._exit(TimeUpError.exit_code)

    def heard(self, number: int, frame: FrameType | None) -> None:
        """Handle the signal."""
        if not self._off.is_set():
            self._off.set()
            self.raised = self._error()
            raise self.raised

    def _error(self) -> TimeUpError:
        if self._phases.now is not None:
            return self._phases.now.time_up()
        return TimeUpError(
            "Time ran out before a trial finished its first epoch, so no model was trained. Allow "
            "more time (--time), or choose a family that compiles faster (--family)."
        )


@contextmanager
def alarm(phases: Phases, at: float | None, *, forceful: bool = False) -> Iterator[Alarm]:
    """Set an alarm for the block below; it rings in the main thread only, where Python handles signals.

    Args:
        phases: says what the job is at.
        at: ``time.monotonic()`` of the end of the time, None for no end.
        forceful: see ``Alarm``; only for a process that does nothing but this job.
    """
    made = Alarm(phases, forceful=forceful)
    if at is None or SIGNAL is None or threading.current_thread() is not threading.main_thread():
        yield made
        return
    before = signal.signal(SIGNAL, made.heard)
    threading.Thread(target=made.wait, args=(at,), name="automl-alarm", daemon=True).start()
    try:
        yield made
    except Exception as error:
        # libraries, inspect among them, turn whatever is raised within them into errors of their own
        if made.raised is not None and made.raised is not error:
            raise made.raised from error
        raise
    finally:
        made.off()
        signal.signal(SIGNAL, before)
