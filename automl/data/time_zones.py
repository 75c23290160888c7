"""Zones of times: of names, of offsets, and of offsets that change."""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, timedelta, timezone, tzinfo

import numpy as np
import pandas as pd

from automl.data.time_forms import micro

COMMON_ZONES = (
    *("Europe/Berlin", "Europe/London", "America/New_York", "America/Chicago", "America/Denver"),
    *("America/Los_Angeles", "Australia/Sydney", "Europe/Athens"),
)


def zone_of(name: str) -> tzinfo:
    """Zone of a name such as ``Europe/Berlin`` or of an offset such as ``+02:00``."""
    offset = re.fullmatch(r"(?:UTC)?([+-])(\d\d):?(\d\d)", name)
    if offset is None:
        return UTC if name == "UTC" else zoneinfo.ZoneInfo(name)
    minutes = int(offset[2]) * 60 + int(offset[3])
    return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))


def localized(wall: pd.DatetimeIndex, zone: str) -> pd.DatetimeIndex:
    """Times on a zone's clocks; an hour that comes twice is the first, one that never comes the next."""
    first = np.ones(len(wall), bool)
    return wall.tz_localize(zone_of(zone), ambiguous=first, nonexistent="shift_forward")


def offset_text(offset: float) -> str:
    """Such as ``+02:00``, of microseconds."""
    minutes = round(offset / 60e6)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def offset_of(offset: str) -> float:
    """Microseconds of ``Z``, ``+02:00``, ``+0200`` or ``+02``."""
    if offset[0] not in "+-":
        return 0.0
    zone = zone_of(offset if len(offset) > 3 else f"{offset}:00").utcoffset(None)
    return 0.0 if zone is None else zone.total_seconds() * 1e6


def zone_with(elapsed: np.ndarray, offsets: np.ndarray) -> str:
    """A zone whose clocks are so far ahead at those instants ``(n,)`` in microseconds; else empty."""
    order = np.argsort(elapsed, kind="stable")
    changes = np.flatnonzero(np.diff(offsets[order]))
    places = order[np.unique(np.concatenate([[0], changes, changes + 1, [len(order) - 1]]))]
    instants = pd.DatetimeIndex(elapsed[places].astype("datetime64[us]"))
    for name in (*COMMON_ZONES, *sorted(zoneinfo.available_timezones())):
        wall = instants.tz_localize("UTC").tz_convert(zoneinfo.ZoneInfo(name)).tz_localize(None)
        if np.array_equal(micro(wall) - elapsed[places], offsets[places]):
            return name
    return ""
