"""Metrics and outputs of one target among several, such as ``income.accuracy``: the target stands first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from automl.core.specs import metric_of
from automl.core.targets import TARGET

_MARK = "."


def prefixed(target: str, metric: str) -> str:
    """Return the name of a target's metric."""
    return f"{target}{_MARK}{metric}"


def output_key(target: str, output: str) -> str:
    """Return the name of an output of one target among those of all: the target's for its only one."""
    return target if output == TARGET else prefixed(target, output)


def outputs_of(target: str, values: Mapping[str, Any], targets: Collection[str]) -> dict[str, Any]:
    """Return the outputs of one target by their own names, from those of all targets."""
    start = prefixed(target, "")
    own = {TARGET: values[target]} if target in values else {}
    more = {name for name in values if name.startswith(start) and name not in targets}
    return own | {name.removeprefix(start): values[name] for name in values if name in more}


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
