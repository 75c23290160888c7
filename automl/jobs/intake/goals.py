"""What a job optimises and what it asks of its task: metrics, limits and costs of mistakes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from automl.core.errors import ConfigError
from automl.core.mistakes import Asked, parse_costs
from automl.core.specs import Objective
from automl.data.modality import Dataset
from automl.jobs.config import JobConfig
from automl.metrics.metric import EXPECTED_COST
from automl.tasks.catalog import TASKS
from automl.tasks.imbalance import told_costs
from automl.tasks.limits import Limit, check_limit, parse_limit
from automl.tasks.objectives import check_objective, parse_objective, smooth_objective, usual_objective


@dataclass(frozen=True, kw_only=True)
class Goals:
    """What is wanted of a job.

    Attributes:
        dataset: the examples, with what is asked of their task.
        objectives: what is optimised.
        notes: what the user should know of both.
    """

    dataset: Dataset
    objectives: tuple[Objective, ...]
    notes: tuple[str, ...]


def goals_of(config: JobConfig, dataset: Dataset) -> Goals:
    """Return the user's metrics or the usual one of such targets, and what they ask of the task.

    Args:
        config: names metrics, limits and costs.
        dataset: its task and its raw targets.

    Raises:
        ConfigError: a metric, a limit or costs do not fit the task.
    """
    task, parts = dataset.task, dataset.target_tasks
    chosen = tuple(parse_objective(text, parts) for text in config.metric)
    for objective in chosen:
        check_objective(objective, task, parts)
    limits = [parse_limit(text, parts) for text in config.constraint]
    for limit in limits:
        check_limit(limit, task, parts)
    asked = _asked(config, dataset, (*chosen, *limits))
    objectives, notes = (chosen, ()) if chosen else _usual(dataset, asked)
    told = () if asked.costs is None else (told_costs(dataset.examples.targets or {}, asked.costs),)
    return Goals(dataset=replace(dataset, asked=asked), objectives=objectives, notes=(*notes, *told))


def _asked(config: JobConfig, dataset: Dataset, named: tuple[Objective | Limit, ...]) -> Asked:
    metrics = tuple(item.name for item in named)
    if config.cost is None:
        if EXPECTED_COST.name in metrics:
            raise ConfigError(
                f"Metric {EXPECTED_COST.name!r} needs the costs of mistakes: give --cost fn=100,fp=1."
            )
        return Asked(metrics=metrics)
    if not TASKS[dataset.task].priced:
        raise ConfigError(
            f"cost: mistakes have costs where the target has two classes; this is "
            f"{TASKS[dataset.task].words}. Leave it out, or choose such a target."
        )
    return Asked(metrics=metrics, costs=parse_costs(config.cost))


def _usual(dataset: Dataset, asked: Asked) -> tuple[tuple[Objective, ...], tuple[str, ...]]:
    """The usual metric of such targets; of mistakes that cost differently one that does not count them."""
    objectives, notes = usual_objective(dataset.task, dataset.examples.targets)
    if notes or asked.costs is None:
        return objectives, notes
    loss = smooth_objective(objectives[0], dataset.task)
    note = f"Mistakes have costs, so trials are compared by {loss.label}; --metric asks for another."
    return (loss,), (note,)
