"""Metrics of one target among several, such as ``income.accuracy``: target first, then metric."""

from __future__ import annotations

_MARK = "."


def prefixed(target: str, metric: str) -> str:
    """Return the name of a target's metric."""
    return f"{target}{_MARK}{metric}"


def unprefixed(name: str) -> str:
    """Return the name of the metric alone; targets may have dots in their names, metrics have none."""
    return name.rpartition(_MARK)[2]
