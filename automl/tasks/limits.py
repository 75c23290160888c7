"""Limits that a result must meet: ``parameters<=1e6``, ``latency_ms<=5``, ``val_accuracy>=0.9``."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from automl.core.errors import ConfigError, suggest
from automl.core.specs import COSTS, TaskKind
from automl.tasks.catalog import TASKS
from automl.tasks.objectives import direction_of, directions, fitting_metrics
from automl.tasks.prefixes import name_written, unprefixed

_FORM = re.compile(r"\s*(\S.*?)\s*(<=|>=)\s*([-+.\deE]+)\s*")


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One limit.

    Attributes:
        name: a metric without the ``val_`` prefix, or a cost.
        at_most: whether the bound is the largest value allowed, else the smallest.
        bound: the value.
    """

    name: str
    at_most: bool
    bound: float

    def excess(self, value: float) -> float:
        """Return by which share of the bound a value violates it; 0 or less where it is kept."""
        beyond = value - self.bound if self.at_most else self.bound - value
        return beyond / max(abs(self.bound), 1e-12)

    def __str__(self) -> str:
        return f"{self.name}{'<=' if self.at_most else '>='}{self.bound:g}"


def parse_limit(text: str, targets: Collection[str] = ()) -> Limit:
    """Read a limit as users write it.

    Args:
        text: what the user wrote.
        targets: names of several targets, where they are known.

    Raises:
        ConfigError: another form, or no such metric.
    """
    match = _FORM.fullmatch(text)
    try:
        bound = float(match[3]) if match else None
    except ValueError:
        bound = None
    if match is None or bound is None:
        raise ConfigError(
            f"constraint {text!r}: expected NAME<=NUMBER or NAME>=NUMBER, such as 'parameters<=1e6'."
        )
    name = name_written(match[1], targets)
    own = name if direction_of(name) else unprefixed(name)
    if not direction_of(own) or (own in COSTS and own != name):
        raise ConfigError(f"constraint {text!r}: unknown metric {name!r}. {suggest(own, directions())}")
    return Limit(name=name, at_most=match[2] == "<=", bound=bound)


def check_limit(limit: Limit, kind: TaskKind, parts: Mapping[str, TaskKind]) -> None:
    """Raise ConfigError unless the limit is on a cost or on a metric of that kind of task.

    Args:
        limit: what is asked for; one on what is never measured would be violated by every trial.
        kind: of the task.
        parts: for a task over several targets, the task of each by name.
    """
    fitting = fitting_metrics(kind, parts)
    if limit.name not in fitting and not TASKS[kind].measures(limit.name):
        raise ConfigError(
            f"constraint {str(limit)!r}: {limit.name!r} does not fit a {kind} task; "
            f"it has: {', '.join(fitting)}."
        )


def excesses(limits: tuple[Limit, ...], values: Mapping[str, float]) -> tuple[float, ...]:
    """Return the excess over each limit; a value that was not measured violates its limit."""
    return tuple(limit.excess(values[limit.name]) if limit.name in values else 1.0 for limit in limits)
