"""Every option of a search job, told once: the command line, job files and Python derive from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError, SpaceError, suggest
from automl.core.option_values import names_file, plain_value
from automl.core.yaml_values import read_located
from automl.data.remote.address import is_address
from automl.jobs.options.budget import BudgetOptions
from automl.jobs.options.data import DataOptions
from automl.jobs.options.goals import GoalOptions
from automl.jobs.options.option import OptionFacts, OptionGroup, facts_of
from automl.jobs.options.output import OutputOptions
from automl.jobs.options.search import SearchOptions
from automl.jobs.options.tracking import TrackingOptions
from automl.jobs.options.training import TrainingOptions
from automl.jobs.options.validation import ValidationOptions
from automl.jobs.options.workers import WorkerOptions

DEFAULT_TRIALS = 20
"""Trials of a sampler of Optuna's when neither a number nor a time is given."""

LARGEST_FILE = 2**20
"""Of a job file, in bytes."""

OPTION_GROUPS: Mapping[str, type[OptionGroup]] = {
    "Data": DataOptions,
    "Validation": ValidationOptions,
    "Goals": GoalOptions,
    "Search": SearchOptions,
    "Budget": BudgetOptions,
    "Training": TrainingOptions,
    "Workers": WorkerOptions,
    "Tracking": TrackingOptions,
    "Output": OutputOptions,
}
"""Groups by the heading under which help lists them, in the order of a job's life."""


@dataclass(frozen=True, kw_only=True)
class JobConfig(  # a dataclass has the fields of its last base first
    OutputOptions,
    TrackingOptions,
    WorkerOptions,
    TrainingOptions,
    BudgetOptions,
    SearchOptions,
    GoalOptions,
    ValidationOptions,
    DataOptions,
):
    """One search job, all groups in one; ``job.yaml`` holds exactly these keys.

    Raises:
        ConfigError: a value is out of its range.
    """

    @property
    def trial_limit(self) -> int | None:
        """Trials to make in all, None when time limits the search or the sampler knows when to end."""
        if self.trials is None and self.time is None:
            return None if self.sampler == "rungs" else DEFAULT_TRIALS
        return self.trials


def config_fields() -> dict[str, Field[Any]]:
    """Return the options by name, in order."""
    return {item.name: item for item in fields(JobConfig)}


def option_facts() -> dict[str, OptionFacts]:
    """Return what was declared of each option, by name, in order."""
    return {name: facts_of(item) for name, item in config_fields().items()}


def config_from(values: Mapping[str, Any], *, where: str) -> JobConfig:
    """Check plain values and return the job they describe.

    Args:
        values: option names to plain values, as YAML or the command line give them.
        where: the file or command, for messages.

    Raises:
        ConfigError: unknown key (the nearest is offered), or a value of the wrong type.
    """
    known = config_fields()
    for key in values:
        if key not in known:
            raise ConfigError(f"{where}: unknown key {key!r}. {suggest(str(key), known)}")
    checked = {key: _converted(key, value, where) for key, value in values.items()}
    try:
        return JobConfig(**checked)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None


def read_config(path: Path) -> dict[str, Any]:
    """Read the plain values of a job file; paths in it are relative to the file's folder.

    Raises:
        ConfigError: no such file, not YAML, not a mapping.
    """
    try:
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            raise ConfigError(f"{path} is too large for a job file, which has a line per option.")
        text = path.read_text(encoding="utf-8")
        values = read_located(text, str(path)).plain if text.strip() else None
    except (OSError, ValueError) as error:  # ValueError: no UTF-8, or a name that is no file's
        raise ConfigError(f"Cannot read the job file {path}: {error}.") from None
    except SpaceError as error:
        raise ConfigError(str(error)) from None
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected a mapping of options to values.")
    return {key: _anchored(key, value, path.parent) for key, value in values.items()}


def dump_config(config: JobConfig) -> str:
    """Return the job as YAML: the options that differ from their defaults, and the seed."""
    import yaml

    values = {}
    for name, item in config_fields().items():
        value = getattr(config, name)
        if value != item.default or name in ("data", "seed"):
            values[name] = list(value) if isinstance(value, tuple) else value
    return str(yaml.safe_dump(values, sort_keys=False, allow_unicode=True))


def _anchored(key: str, value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_anchored(key, item, folder) for item in value]
    if isinstance(value, str) and ("://" in value or is_address(value)):
        return value
    plain = isinstance(value, str) and not value.startswith("sklearn:")
    place = facts_of(config_fields()[key]).path if key in config_fields() else ""
    is_file = plain and (place == "file" or (place == "named" and names_file(value)))
    return str(folder / value) if is_file else value


def _converted(key: str, value: Any, where: str) -> Any:
    item = config_fields()[key]
    parse = facts_of(item).parse
    if parse is not None and value is not None:
        return parse(value, key)
    return plain_value(key, value, str(item.type), where)
