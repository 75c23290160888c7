"""One coordinator per job folder; the second one is told who the first is."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from automl.core.errors import ConfigError, DiskFullError
from automl.core.files import discard_drafts, writing
from automl.jobs.folder import JobFolder, read_json, write_json


@contextmanager
def locked(folder: JobFolder) -> Iterator[None]:
    """Hold a job folder; the system lets go of it when this process ends, however that happens.

    What killed processes left half written in the folder is removed.

    Raises:
        ConfigError: another process holds it.
        DiskFullError: the block raised it; now it says how to go on.
    """
    lock = FileLock(folder.lock)
    try:
        with writing(folder.lock):
            lock.acquire(timeout=0)
    except Timeout:
        raise ConfigError(
            f"{folder.path} is being worked on by {_holder(folder.coordinator)}. Wait for its end, or stop "
            "it with Ctrl-C or SIGTERM and go on with `automl resume`."
        ) from None
    except (OSError, NotImplementedError) as error:
        raise ConfigError(f"Cannot lock the job folder {folder.path}: {error}.") from None
    try:
        discard_drafts(folder.path)
        write_json(
            folder.coordinator,
            {"pid": os.getpid(), "host": socket.gethostname(), "started": time.time()},
        )
        yield
    except DiskFullError as error:
        if not folder.job.exists():
            raise
        raise DiskFullError(f"{error} Then go on with `automl resume {folder.path}`.") from error
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
