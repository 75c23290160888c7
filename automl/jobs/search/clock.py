"""How much of its time a job has used, saved while it runs, so that killed sessions count, too."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from automl.core.errors import DiskFullError
from automl.core.files import replace_soon
from automl.jobs.folder import JobFolder, read_json

PERIOD_SECONDS = 1.0


@contextmanager
def counted(folder: JobFolder, started: float) -> Iterator[float]:
    """Write down every second what the job has used, in all its sessions; gives what earlier ones used.

    Args:
        folder: the job's, held by this process.
        started: ``time.monotonic()`` of the start of this session.
    """
    used, over = seconds_used(folder), threading.Event()

    def write() -> None:
        # a full disk is told by whoever writes what matters
        with suppress(OSError, DiskFullError):
            replace_soon(folder.clock, f"{used + time.monotonic() - started:.2f}\n")

    def work() -> None:
        while not over.wait(PERIOD_SECONDS):
            write()

    write()
    thread = threading.Thread(target=work, name="clock", daemon=True)
    thread.start()
    try:
        yield used
    finally:
        over.set()
        thread.join()
        if folder.path.is_dir():
            write()


def seconds_used(folder: JobFolder) -> float:
    """Return the wall time in seconds that a job has used so far."""
    known = read_json(folder.state).get("seconds", 0.0) if folder.state.exists() else 0.0
    return max(_plain(known), _plain(_text(folder)))


def _text(folder: JobFolder) -> str:
    try:
        return folder.clock.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _plain(value: object) -> float:
    """Seconds; 0 for what is none, as after a power cut."""
    with suppress(TypeError, ValueError):
        seconds = float(value)  # type: ignore[arg-type]
        return seconds if math.isfinite(seconds) and seconds > 0 else 0.0
    return 0.0
