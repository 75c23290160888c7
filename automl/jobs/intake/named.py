"""Names in a job's options: each must be in its catalog."""

from __future__ import annotations

from typing import Any

from automl.core.errors import ConfigError, suggest
from automl.data.catalog import MODALITIES
from automl.jobs.config import JobConfig
from automl.jobs.matching import on_shelves
from automl.jobs.options.workers import EXECUTORS
from automl.models.catalog import FAMILIES
from automl.study.optuna.pruners import PRUNERS
from automl.study.proposals.samplers import SAMPLERS
from automl.tasks.catalog import TASKS
from automl.training.engine_choice import AUTO, ENGINES
from automl.training.precision import PRECISIONS
from automl.training.strategy import STRATEGIES


def check_names(config: JobConfig) -> None:
    """Refuse names that no catalog has.

    Args:
        config: the job.

    Raises:
        ConfigError: with the nearest name there is.
    """
    named: tuple[tuple[str, str | None, Any], ...] = (
        ("modality", config.modality, MODALITIES),
        ("task", config.task, TASKS),
        ("sampler", config.sampler, SAMPLERS),
        ("pruner", config.pruner, PRUNERS),
        ("strategy", config.strategy, STRATEGIES),
        ("engine", config.engine, (AUTO, *ENGINES)),
        ("executor", config.executor, EXECUTORS),
        ("precision", config.precision, PRECISIONS),
    )
    for kind, name, known in named:
        if name is not None and name not in known:
            raise ConfigError(f"Unknown {kind} {name!r}. {suggest(name, known)}")
    for name in config.target:
        if config.target.count(name) > 1:
            raise ConfigError(f"Target {name!r} is given twice. Name each target column once.")
    short = {name.rpartition("/")[2] for name in on_shelves(config.modality)}
    unusable = {item.split("/")[-1]: trouble for item, trouble in FAMILIES.troubles.items()}
    for name in config.family:
        if name not in short:
            unknown = f"Unknown family {name!r}. {suggest(name, sorted(short))}"
            raise ConfigError(unusable.get(name, unknown))
