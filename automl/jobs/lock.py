"""One coordinator per job folder; a second one is refused and told which process is the first."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict

from filelock import FileLock, Timeout

from automl.core.errors import ConfigError, DiskFullError
from automl.core.files import discard_drafts, writing
from automl.jobs.folder import RUNS, JobFolder, check_kinds, check_unused, write_json
from automl.jobs.holder import holder_of, this_process


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
            f"{folder.path} is in use by {_holder(folder)}. Wait for it to end, or stop "
            "it with Ctrl-C or SIGTERM and continue with `automl resume`."
        ) from None
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"Cannot lock the job folder {folder.path}, which needs a file {folder.lock.name}: {reason}."
        ) from None
    try:
        if not folder.lock.exists():
            raise ConfigError(f"{folder.path} was just removed by another process; try again.")
        check_kinds(folder)
        discard_drafts(folder.path)
        write_json(folder.coordinator, asdict(this_process()))
        yield
    except DiskFullError as error:
        if not folder.job.exists():
            raise
        raise DiskFullError(f"{error} Then continue with `{folder.resuming}`.") from error
    finally:
        with suppress(OSError):  # the block has more to say, such as that a folder stands there
            folder.coordinator.unlink(missing_ok=True)
        # the file stays: removed, another process could hold it while a third one locks a new one
        lock.release()


@contextmanager
def discarded_unused(folder: JobFolder, *, made: bool) -> Iterator[None]:
    """A refused job leaves nothing behind; one that began trials or was interrupted stays.

    Args:
        folder: held by this process, so that nobody else's files are removed.
        made: whether this process made it.

    Raises:
        ConfigError: another command was quicker to take the folder.
    """
    check_unused(folder)
    try:
        yield
    except Exception:  # what was interrupted goes on by `automl resume`
        if not folder.begun:
            _discard(folder, made=made)
        raise


def _discard(folder: JobFolder, *, made: bool) -> None:
    for item in folder.path.iterdir():
        shutil.rmtree(item) if item.is_dir() and not item.is_symlink() else item.unlink()
    with suppress(OSError):  # other jobs lie there
        if made:
            folder.path.rmdir()
        if made and folder.path.parent.name == RUNS:
            folder.path.parent.rmdir()


def _holder(folder: JobFolder) -> str:
    known = holder_of(folder)
    return "another process" if known is None else f"process {known.pid} on {known.host}"
