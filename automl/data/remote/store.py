"""Copies of data from elsewhere, in the user's folder of caches: each version once, the oldest go first.

A copy is made in a draft folder and put in place by one rename, so that copies are whole. A version that is
there is not fetched again, and another version does not replace it: a job may be reading it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from automl.core.amounts import parse_size
from automl.core.errors import DataError
from automl.core.files import DRAFT, write_whole, writing
from automl.core.phases import Phase, Phases
from automl.core.sizes import size_text
from automl.core.user_cache import user_cache
from automl.data.remote.remote import Remote

LARGEST = 20 * 10**9
"""Bytes that all copies take at most, unless ``AUTOML_REMOTE_LIMIT`` says otherwise."""

LIMIT = "AUTOML_REMOTE_LIMIT"

USED_SECONDS = 86_400
"""A copy that was used since is not removed to make room: a job may be reading it."""

_SIZE = ".size"
_STALE_SECONDS = 7 * 86_400


def copy_of(remote: Remote, phases: Phases) -> tuple[Path, int]:
    """Return the path of a copy, made where there is none of this version, and the bytes fetched for it.

    Args:
        remote: what is copied.
        phases: is told how far that is.

    Raises:
        DataError: it is larger than copies may be, or there is no room.
        TimeUpError: the deadline has passed.
    """
    root = folder()
    if remote.version:
        place = root / _key(remote.shown, remote.version)
        if (place / remote.name).exists():
            os.utime(place)
            return place / remote.name, 0
    _make_room(root, remote.size or 0, remote.shown)
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=root))
    try:
        size = _write(remote, draft / remote.name, phases)
        write_whole(draft / _SIZE, str(size), durable=False)
        version = remote.version or _digest(draft / remote.name)
        place = root / _key(remote.shown, version)
        with suppress(OSError):  # another process was quicker, or it is there
            draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    os.utime(place)
    return place / remote.name, size


def folder() -> Path:
    """Return the folder of all copies, made where it was missing; nobody else may read it.

    Raises:
        DataError: it cannot be made.
    """
    try:
        root = user_cache() / "remote"
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError) as error:
        raise DataError(f"Copies of data cannot be kept: {error}. Set XDG_CACHE_HOME.") from None
    return root


def kept_copies() -> tuple[int, int]:
    """Return how many copies there are, and the bytes of all of them."""
    sizes = _sizes(folder())
    return len(sizes), sum(sizes.values())


def forget_oldest(root: Path) -> None:
    """Remove files below a folder that were used longest ago where all take more than copies may.

    Those used in the last day stay.
    """
    files = sorted((path for path in root.rglob("*") if path.is_file()), key=_used)
    total = sum(path.stat().st_size for path in files)
    for path in files:
        if total <= limit() or time.time() - _used(path) < USED_SECONDS:
            return
        total -= path.stat().st_size
        path.unlink(missing_ok=True)


def limit() -> int:
    """Return how many bytes all copies take at most.

    Raises:
        ConfigError: the variable of the environment holds no size.
    """
    given = os.environ.get(LIMIT)
    return parse_size(given, LIMIT) if given else LARGEST


def _write(remote: Remote, target: Path, phases: Phases) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    name = target.name
    with writing(target), phases.phase(f"fetching {name}", remote.size, unit="bytes") as phase:
        remote.write(target, _bounded(phase, remote.shown))
        return phase.done


def _bounded(phase: Phase, shown: str) -> Callable[[int], None]:
    most = limit()

    def told(size: int) -> None:
        phase.advance(size)
        if phase.done > most:
            raise _too_large(shown, f"more than {size_text(most)}", most)

    return told


def _make_room(root: Path, needed: int, shown: str) -> None:
    """Remove what was used longest ago, so that so many bytes more may come."""
    most = limit()
    if needed > most:
        raise _too_large(shown, size_text(needed), most)
    now = time.time()
    for item in root.glob(f"{DRAFT}*"):
        if now - item.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(item, ignore_errors=True)
    sizes = _sizes(root)
    total = sum(sizes.values()) + needed
    for item in sorted(sizes, key=_used):
        if total <= most or now - _used(item) < USED_SECONDS:
            break
        shutil.rmtree(item, ignore_errors=True)
        total -= sizes[item]
    if total > most:
        raise DataError(
            f"{shown} ({size_text(needed)}) does not fit: copies that were used today take "
            f"{size_text(total - needed)} of {size_text(most)}. Remove {root}, or allow more: {LIMIT}=50GB."
        )
    free = shutil.disk_usage(root).free
    if needed > free:
        raise DataError(
            f"{shown} takes {size_text(needed)}, and {size_text(free)} are free on the disk of {root}. "
            "Free some space, or set XDG_CACHE_HOME to a folder of another disk."
        )


def _sizes(root: Path) -> dict[Path, int]:
    copies = (item for item in root.glob("*") if (item / _SIZE).is_file())
    return {item: int((item / _SIZE).read_text(encoding="utf-8") or 0) for item in copies}


def _too_large(shown: str, size: str, most: int) -> DataError:
    return DataError(
        f"{shown} is too large to be copied: {size}, and copies take at most {size_text(most)}. Allow more "
        f"({LIMIT}=50GB), or give a part of it."
    )


def _used(item: Path) -> float:
    return item.stat().st_mtime


def _key(shown: str, version: str) -> str:
    return hashlib.sha256(f"{shown.rstrip('/')}\n{version}".encode()).hexdigest()[:16]


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
