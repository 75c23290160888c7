"""Compiled programs that are kept for later searches, in the user's folder of caches.

JAX keeps them: a program is found again by its operations, the versions of JAX and XLA, and their flags.
XLA's programs for a CPU use what that CPU can do, which JAX does not look at, so those of each kind of
machine lie apart: several may share a home.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
from filelock import FileLock, Timeout

from automl.core.user_cache import user_cache

LARGEST = 512 << 20
"""Bytes that the programs of one kind of machine take at most; what was used longest ago goes first."""

LEAST_SECONDS = 0.05
"""What compiles faster is not kept: it takes about as long to read."""

MOST = 600
"""Programs that a search begins with at most: JAX looks at each of them whenever it keeps another one."""

UNUSED_DAYS = 60
"""After so long the programs of another version or machine are removed."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a folder of compiled programs holds.

    Attributes:
        folder: where they lie.
        programs: how many.
        size: bytes of all of them.
    """

    folder: Path
    programs: int
    size: int


def kept_programs() -> Kept:
    """Return what is kept for this machine and these versions."""
    folder = _folder()
    files = [item for item in folder.glob("*-cache") if item.is_file()]
    return Kept(folder=folder, programs=len(files), size=sum(item.stat().st_size for item in files))


@contextmanager
def keeping_programs(*, wanted: bool) -> Iterator[None]:
    """Keep what is compiled within, and take what was kept; does nothing on other backends than JAX.

    A folder that the user has given to JAX is used as it is.

    Args:
        wanted: whether to do so.
    """
    if not wanted or keras.backend.backend() != "jax":
        yield
        return
    import jax
    from jax.experimental.compilation_cache import compilation_cache

    folder = None if jax.config.jax_compilation_cache_dir else _made()
    if folder is None:
        yield
        return
    settings: dict[str, Any] = {
        "jax_compilation_cache_dir": str(folder),
        "jax_compilation_cache_max_size": LARGEST,
        "jax_persistent_cache_min_compile_time_secs": LEAST_SECONDS,
    }
    before = {name: getattr(jax.config, name) for name in settings}
    _set(jax, settings)
    try:
        yield
    finally:
        _set(jax, before)
        compilation_cache.reset_cache()  # it holds the folder


def _set(jax: Any, settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        jax.config.update(name, value)


def _folder() -> Path:
    return user_cache() / "compiled" / f"jax-{version('jaxlib')}-{_machine()}"


def _machine() -> str:
    """A mark of the CPU and what it can do."""
    facts = [platform.machine(), platform.processor(), platform.system()]
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        facts += [
            *dict.fromkeys(line for line in lines if line.startswith(("flags", "model name", "Features")))
        ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:8]


def _made() -> Path | None:
    """The folder, made where it was missing; None where it cannot be used.

    Whoever can write there could run code in this process, so it must be the user's own.
    """
    try:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if hasattr(os, "getuid"):
            found = folder.stat()
            if found.st_uid != os.getuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return None
        os.utime(folder)
        _remove_unused(folder)
        _keep_latest(folder)
    except (OSError, RuntimeError):
        return None  # no home, or one that cannot be written
    return folder


def _keep_latest(folder: Path) -> None:
    """Remove the programs that were used longest ago, so that ``MOST`` are left."""
    with suppress(Timeout), FileLock(folder / ".lockfile", timeout=1):  # JAX's own
        used = sorted(folder.glob("*-atime"), key=lambda item: item.stat().st_mtime, reverse=True)
        for item in used[MOST:]:
            item.unlink()
            item.with_name(item.name.removesuffix("-atime") + "-cache").unlink(missing_ok=True)


def _remove_unused(folder: Path) -> None:
    for other in folder.parent.iterdir():
        if other != folder and time.time() - other.stat().st_mtime > UNUSED_DAYS * 86400:
            shutil.rmtree(other, ignore_errors=True)
