"""Metrics of one target among several, such as ``income.accuracy``: target first, then metric."""

from __future__ import annotations

from collections.abc import Collection

from automl.core.specs import metric_of

_MARK = "."


def prefixed(target: str, metric: str) -> str:
    """Return the name of a target's metric."""
    return f"{target}{_MARK}{metric}"


def unprefixed(name: str) -> str:
    """Return the name of the metric alone; targets may have dots in their names, metrics have none."""
    return name.rpartition(_MARK)[2]


def name_written(text: str, targets: Collection[str]) -> str:
    """Return the name of a metric that may be written as users read it, ``val_accuracy``.

    Args:
        text: as it is written.
        targets: names of several targets, any of which may itself begin like that; empty where they are not
            known or there is but one.
    """
    return text if text.rpartition(_MARK)[0] in targets else metric_of(text)
