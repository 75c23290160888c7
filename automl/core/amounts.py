"""Amounts as users write and read them: times and sizes with their units, numbers."""

from __future__ import annotations

import re

from automl.core.errors import ConfigError

AUTO = "auto"
"""What leaves a choice to the program."""


MOST_PLAIN = 1e15
"""From here on numbers are told with an exponent: of larger ones not every whole one can be told."""


def plain_number(value: float, digits: int = 5) -> str:
    """Return a number with so many significant digits, and with all that stand before its point.

    ``.5g`` alone makes ``2.0686e+05`` of a price of 206,856, which nobody compares at a glance.
    """
    text = f"{value:.{digits}g}"
    return f"{value:.0f}" if "e+" in text and abs(value) < MOST_PLAIN else text


def parse_time(text: str | float, name: str = "time") -> float:
    """Return seconds from ``"90s"``, ``"10m"``, ``"1.5h"`` or a number of seconds.

    Raises:
        ConfigError: the text has another form.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*", str(text))
    if match is None:
        raise ConfigError(f"{name}: expected a time such as 90s, 10m or 1.5h, got {text!r}.")
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


def parse_size(text: str | int, name: str = "memory_limit") -> int:
    """Return bytes from ``"4GB"``, ``"512MB"``, ``"2GiB"`` or a number of bytes.

    Raises:
        ConfigError: the text has another form.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*", str(text).lower())
    if match is None:
        raise ConfigError(f"{name}: expected a size such as 4GB or 512MB, got {text!r}.")
    base = 1024 if match[3] else 1000
    if len(match[1]) > 30:
        raise ConfigError(f"{name}: {match[1][:30]}... is not a memory size.")
    return int(float(match[1]) * base ** " kmgt".index(match[2] or " "))


def parse_share(text: str | float, name: str = "coverage") -> float:
    """Return a share above 0 and below 1 from ``0.9`` or ``"90%"``.

    Raises:
        ConfigError: it is something else.
    """
    match = re.fullmatch(r"\s*(\d*\.?\d+)\s*(%?)\s*", str(text))
    share = float(match[1]) / (100 if match[2] else 1) if match else 0.0
    if not 0 < share < 1:
        raise ConfigError(f"{name}: expected a share above 0 and below 1, 0.9 or 90%, got {text!r}.")
    return share


def parse_workers(value: int | str, name: str = "workers") -> int | str:
    """Return a number of workers from text, or ``auto``.

    Raises:
        ConfigError: it is neither.
    """
    text = str(value).strip()
    if text != AUTO and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ConfigError(f"{name}: expected a whole number or auto, got {value!r}.")
    return text if text == AUTO else int(text)
