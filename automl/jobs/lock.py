"""One coordinator per job folder; the second one is told who the first is."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from automl.core.errors import ConfigError
from automl.jobs.folder import JobFolder, read_json, write_json


@contextmanager
def locked(folder: JobFolder) -> Iterator[None]:
    """Hold a job folder; the system lets go of it when this process ends, however that happens.

    Raises:
        ConfigError: another process holds it.
    """
    lock = FileLock(folder.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ConfigError(
            f"{folder.path} is being worked on by {_holder(folder.coordinator)}. Wait for its end, or stop "
            "it with Ctrl-C or SIGTERM and go on with `automl resume`."
        ) from None
    except (OSError, NotImplementedError) as error:
        raise ConfigError(f"Cannot lock the job folder {folder.path}: {error}.") from None
    try:
        write_json(
            folder.coordinator,
            {"pid": os.getpid(), "host": socket.gethostname(), "started": time.time()},
        )
        yield
    finally:
        folder.coordinator.unlink(missing_ok=True)
        lock.release()
        folder.lock.unlink(missing_ok=True)


def _holder(path: Path) -> str:
    try:
        known = read_json(path)
    except ConfigError:
        return "another process"
    return f"process {known['pid']} on {known['host']}"
