"""What a job optimises and what it asks of its task: metrics, limits and costs of mistakes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from automl.core.errors import ConfigError
from automl.core.mistakes import Amounts, Asked, parse_costs
from automl.core.specs import Objective
from automl.core.targets import TARGET
from automl.data.columns import columns_of
from automl.data.modality import Dataset
from automl.jobs.config import JobConfig
from automl.jobs.coverage import without_coverage
from automl.jobs.intake.protected import protected_of, with_protected
from automl.metrics.metric import EXPECTED_COST
from automl.tasks.catalog import TASKS
from automl.tasks.class_order import classes_of
from automl.tasks.imbalance import positive_class, told_costs
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
        if chosen.count(objective) > 1:
            raise ConfigError(f"Metric {objective.name!r} is given twice. Name each once.")
        check_objective(objective, task, parts)
        _check_compares(objective, dataset)
    limits = [parse_limit(text, parts) for text in config.constraint]
    for limit in limits:
        check_limit(limit, task, parts)
    _check_coverage(config, dataset)
    protected, noted = protected_of(config, dataset)
    if protected is not None:
        dataset = replace(dataset, schema={**dataset.schema, "protected": protected.plain()})
    asked = with_protected(_asked(config, dataset, (*chosen, *limits)), protected, config, dataset, limits)
    objectives, notes = (chosen, ()) if chosen else _usual(dataset, asked)
    notes = (*notes, *noted)
    told = () if asked.costs is None else (told_costs(dataset.examples.targets or {}, asked.costs),)
    if asked.amounts is not None:
        factor = f"{asked.amounts.factor:g} times its {config.amount_column!r}"
        told = (f"What a missed row costs is {factor}; the threshold goes by the mean.", *told)
    return Goals(dataset=replace(dataset, asked=asked), objectives=objectives, notes=(*notes, *told))


def _check_compares(objective: Objective, dataset: Dataset) -> None:
    if objective.name in dataset.apart:
        usual = TASKS[dataset.task].default_metric.name
        raise ConfigError(
            f"Metric {objective.name!r} compares models with the same tokens only, and their vocabularies"
            f" are searched here. Leave it out, or give --metric {usual}; the other is told as well."
        )


def _asked(config: JobConfig, dataset: Dataset, named: tuple[Objective | Limit, ...]) -> Asked:
    metrics = tuple(item.name for item in named)
    if config.cost is None:
        if config.amount_column is not None:
            raise ConfigError("amount_column says what missed rows cost: give --cost fn=1,fp=5, too.")
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
    costs = parse_costs(config.cost)
    if config.amount_column is None:
        return Asked(metrics=metrics, costs=costs)
    amounts = Amounts(input=_input_of(config.amount_column, dataset), factor=costs.missed)
    missed = costs.missed * _mean_amount(config.amount_column, dataset, amounts.input)
    return Asked(metrics=metrics, costs=replace(costs, missed=missed), amounts=amounts)


def _check_coverage(config: JobConfig, dataset: Dataset) -> None:
    if config.coverage is None and config.coverage_by is None:
        return
    if not TASKS[dataset.task].coverage:
        raise ConfigError(without_coverage(dataset.task))
    if config.coverage_by is not None and config.coverage_by not in dataset.examples.compared:
        raise ConfigError(
            f"coverage_by: groups come from a column of a table with a row per example; this is "
            f"{TASKS[dataset.task].words} of other data. Leave it out."
        )


def _input_of(name: str, dataset: Dataset) -> str:
    """The raw input that a column of amounts is read as."""
    found = [column.input for column in columns_of(dataset.schema) if column.name == name]
    values = dataset.examples.inputs.get(found[0]) if found else None
    if values is None or values.ndim != 1 or values.dtype.kind != "f":
        raise ConfigError(
            f"amount_column: expected a column of numbers that the model reads, {name!r} is none. "
            "Name another one, or --keep it."
        )
    return found[0]


def _mean_amount(name: str, dataset: Dataset, field: str) -> float:
    """The mean amount of the rows that are looked for."""
    labels = np.asarray((dataset.examples.targets or {})[TARGET]).astype(str)
    classes, shares = classes_of(labels)
    amounts = dataset.examples.inputs[field][labels == classes[positive_class(shares)]]
    known = amounts[np.isfinite(amounts)]
    mean = float(known.mean()) if len(known) else 0.0
    if mean <= 0:
        raise ConfigError(
            f"amount_column: amounts in {name!r} of rows that are looked for must be above 0 on average, "
            f"got {mean:g}."
        )
    return mean


def _usual(dataset: Dataset, asked: Asked) -> tuple[tuple[Objective, ...], tuple[str, ...]]:
    """The usual metric of such targets; of mistakes that cost differently one that does not count them."""
    objectives, notes = usual_objective(dataset.task, dataset.examples.targets)
    if notes or asked.costs is None:
        return objectives, notes
    loss = smooth_objective(objectives[0], dataset.task)
    note = f"Mistakes have costs, so trials are compared by {loss.label}; --metric asks for another."
    return (loss,), (note,)
