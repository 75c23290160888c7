"""The folder in which this package keeps what it can make again, where the system wants such things."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NAME = "automl-keras"


def user_cache() -> Path:
    """Return the user's folder of caches of this package; it may not exist.

    On Linux ``$XDG_CACHE_HOME`` or ``~/.cache``, on macOS ``~/Library/Caches``, on Windows
    ``%LOCALAPPDATA%``.

    Raises:
        RuntimeError: the user has no home.
    """
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        return Path(base) / _NAME / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / _NAME
    given = os.environ.get("XDG_CACHE_HOME", "")
    # the standard says to ignore a relative one
    base_path = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    return base_path / _NAME
