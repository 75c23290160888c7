"""What a search optimises, as users write it, checked against what tasks measure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from automl.core.catalog import at_place
from automl.core.errors import ConfigError, suggest
from automl.core.specs import COSTS, Direction, Objective, TaskKind
from automl.metrics.metric import NumberedMetric
from automl.tasks.catalog import TASKS, declarations, known_metrics, metric_named
from automl.tasks.declaration import Usual
from automl.tasks.prefixes import name_written, prefixed, unprefixed

if TYPE_CHECKING:
    import numpy as np

_SPELLINGS: Mapping[str, Direction] = {
    "min": "minimize",
    "minimize": "minimize",
    "max": "maximize",
    "maximize": "maximize",
}


def directions() -> dict[str, Direction]:
    """Return the direction of every metric and cost; of numbered metrics those with their usual number."""
    metrics: dict[str, Direction] = {name: metric.direction for name, metric in known_metrics().items()}
    further = {
        metric.at(metric.usual) if isinstance(metric, NumberedMetric) else metric.name
        for task in declarations()
        for metric in task.further
    }
    more = {name: direction for name in sorted(further) if (direction := direction_of(name))}
    return metrics | more | dict.fromkeys(COSTS, "minimize")


def direction_of(name: str) -> Direction | None:
    """Return the direction of a metric or a cost by its name, None where there is none of that name."""
    if name in COSTS:
        return "minimize"
    metric = metric_named(name)
    return None if metric is None else metric.direction


def tie_breaker(metrics: Mapping[str, float]) -> float:
    """Return the loss that decides between equal scores, 0 when there is none among the metrics.

    Args:
        metrics: values by name.
    """
    ranks = {name: metric.tie_breaker for name, metric in known_metrics().items()}
    deciding = {name: ranks[unprefixed(name)] for name in metrics if ranks.get(unprefixed(name))}
    return metrics[min(deciding, key=deciding.__getitem__)] if deciding else 0.0


def parse_objective(text: str, targets: Collection[str] = ()) -> Objective:
    """Read an objective as users write it: ``val_accuracy``, ``accuracy``, ``parameters:min``.

    Args:
        text: what the user wrote.
        targets: names of several targets, where they are known.

    Raises:
        ConfigError: no such metric, or a direction that contradicts the metric's own.
    """
    written, spelling = _parted(text.strip())
    name = name_written(written, targets)
    own = name if direction_of(name) else unprefixed(name)
    direction = direction_of(own)
    if direction is None or (own in COSTS and written != own):
        raise ConfigError(f"Unknown metric {written!r}. {suggest(own, directions())}")
    if spelling and spelling not in _SPELLINGS:
        raise ConfigError(f"Metric {text!r}: expected ':min' or ':max' after the name, got ':{spelling}'.")
    if spelling and _SPELLINGS[spelling] != direction:
        raise ConfigError(
            f"Metric {text!r}: {name} is better when {'larger' if direction == 'maximize' else 'smaller'}; "
            f"write '{name}' or '{name}:{direction[:3]}'."
        )
    return Objective(name=name, direction=direction)


def _parted(text: str) -> tuple[str, str]:
    """Part the name from the direction; targets may have colons in their names."""
    if direction_of(unprefixed(text)):
        return text, ""
    written, _, spelling = text.rpartition(":") if ":" in text else (text, "", "")
    return written, spelling


def check_objective(
    objective: Objective, kind: TaskKind, parts: Mapping[str, TaskKind] = MappingProxyType({})
) -> None:
    """Raise ConfigError unless the objective is a cost or a metric of that kind of task.

    Args:
        objective: what is asked for.
        kind: of the task.
        parts: for a task over several targets, the task of each by name.
    """
    fitting = fitting_metrics(kind, parts)
    if objective.name not in fitting and not TASKS[kind].measures(objective.name):
        raise ConfigError(
            f"Metric {objective.name!r} does not fit a {kind} task; it has: {', '.join(fitting)}."
        )


def fitting_metrics(kind: TaskKind, parts: Mapping[str, TaskKind]) -> tuple[str, ...]:
    """Return what is measured in a kind of task: its metrics, those of each target, and the costs."""
    own = [prefixed(name, metric.name) for name, task in parts.items() for metric in TASKS[task].metrics]
    return (*(metric.name for metric in TASKS[kind].metrics), *own, *COSTS)


def smooth_objective(objective: Objective, kind: TaskKind) -> Objective:
    """Return the loss of a task in place of a metric that has few levels on few examples, else the metric.

    Of 15 epochs of a network of 200 rows several have the best accuracy, by chance and long after its
    probabilities have become worthless.
    """
    known = metric_named(objective.name)
    losses = [metric for metric in TASKS[kind].metrics if metric.tie_breaker]
    if known is None or not known.stepped or not losses:
        return objective
    loss = min(losses, key=lambda metric: metric.tie_breaker)
    return Objective(name=loss.name, direction=loss.direction)


def usual_objective(
    kind: TaskKind, targets: Mapping[str, np.ndarray] | None
) -> tuple[tuple[Objective, ...], tuple[str, ...]]:
    """Return what a search over such targets optimises when nothing is asked for, and a note where told.

    Args:
        kind: of the task.
        targets: raw targets by name.
    """
    place = TASKS[kind].usual
    found: Usual | None = at_place(place)(targets) if place and targets else None
    if found is None:
        return (default_objective(kind),), ()
    return (Objective(name=found.metric.name, direction=found.metric.direction),), (found.note,)


def default_objective(kind: TaskKind) -> Objective:
    """Return what a search optimises when nothing is asked for."""
    metric = TASKS[kind].default_metric
    return Objective(name=metric.name, direction=metric.direction)
