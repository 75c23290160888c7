"""Sizes as users read them."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def size_text(size: float) -> str:
    """Return a number of bytes as text, in powers of 1000: ``0 B``, ``64.0 MB``, ``12.3 GB``."""
    value, position = float(size), 0
    while abs(value) >= 999.95 and position < len(_UNITS) - 1:
        value, position = value / 1000, position + 1
    return f"{value:.1f} {_UNITS[position]}" if position else f"{value:.0f} B"
