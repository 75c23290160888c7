"""The options of a job as keyword arguments of a Python function: typed, converted, documented."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from textwrap import indent
from typing import Any, TypeVar

from automl.core.errors import ConfigError, suggest
from automl.core.option_values import plain_scalar
from automl.jobs.config import OPTION_GROUPS, JobConfig, config_fields, option_facts
from automl.jobs.options.budget import BudgetArguments
from automl.jobs.options.data import DataArguments
from automl.jobs.options.goals import GoalArguments
from automl.jobs.options.option import OptionFacts
from automl.jobs.options.output import OutputArguments
from automl.jobs.options.search import SearchArguments
from automl.jobs.options.tracking import TrackingArguments
from automl.jobs.options.training import TrainingArguments
from automl.jobs.options.validation import ValidationArguments
from automl.jobs.options.workers import WorkerArguments

Function = TypeVar("Function", bound=Callable[..., Any])

_NAMES = (str, int, Path)
"""What names columns, families, metrics and folders."""


class JobArguments(
    DataArguments,
    ValidationArguments,
    GoalArguments,
    SearchArguments,
    BudgetArguments,
    TrainingArguments,
    WorkerArguments,
    TrackingArguments,
    OutputArguments,
    total=False,
):
    """All options of ``JobConfig`` but the data, as Python takes them."""


def config_of_arguments(data: str | None, arguments: Mapping[str, Any]) -> JobConfig:
    """Return the job that keyword arguments describe.

    Args:
        data: file, folder or name of the data; None where it is in memory.
        arguments: as ``JobArguments`` has them.

    Raises:
        ConfigError: a value is wrong.
        TypeError: there is no such option.
    """
    names, facts = _names_by_argument(), option_facts()
    for argument in arguments:
        if argument not in names:
            raise TypeError(f"unexpected keyword argument {argument!r}. {_meant(argument, facts)}")
    kinds = {name: str(item.type) for name, item in config_fields().items()}
    values = {
        names[argument]: _converted(argument, value, facts[names[argument]], kinds[names[argument]])
        for argument, value in arguments.items()
    }
    return JobConfig(data=data, **values)


def taking_options(function: Function) -> Function:
    """Show each option in signature and docstring of a function that takes them as ``**options``.

    Type checkers know them by ``JobArguments``; this is for ``help``, notebooks and ``inspect``.
    """
    signature = inspect.signature(function)
    own = [item for item in signature.parameters.values() if item.kind is not inspect.Parameter.VAR_KEYWORD]
    every = [*own, *_parameters()]
    setattr(function, "__signature__", signature.replace(parameters=every))  # noqa: B010  mypy knows none
    if function.__doc__ is not None:  # python -OO
        function.__doc__ = f"{inspect.cleandoc(function.__doc__)}\n\n{_meanings()}"
    return function


def _names_by_argument() -> dict[str, str]:
    return {facts.argument or name: name for name, facts in option_facts().items() if name != "data"}


def _meant(argument: str, facts: Mapping[str, OptionFacts]) -> str:
    """Which argument may be meant; the word of job files and the command line tells it, too."""
    if argument in facts:
        return f"Did you mean {facts[argument].argument!r}?"
    return suggest(argument, _names_by_argument())


def _converted(argument: str, value: Any, facts: OptionFacts, kind: str) -> Any:
    if facts.parse is not None:
        return value if value is None else facts.parse(value, argument)
    if kind.startswith("tuple"):
        return _texts(argument, value)
    return _path(argument, value, facts) if facts.path else value


def _texts(argument: str, value: object) -> tuple[str, ...]:
    """Names as the job file holds them; refuses what is none, such as a function."""
    value = plain_scalar(value)
    if value is None:
        return ()
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        items = [plain_scalar(item) for item in value]
    else:
        items = [value]
    for item in items:
        if not isinstance(item, _NAMES):
            raise ConfigError(
                f"{argument}: expected text, or a list of texts, got {type(item).__name__} {item!r}."[:200]
            )
    return tuple(str(item) for item in items)


def _path(argument: str, value: object, facts: OptionFacts) -> str | None:
    """A path as the job file holds it; refuses what is none, such as a frame."""
    if value is None or isinstance(value, str | Path):
        return None if value is None else str(value)
    raise ConfigError(f"{argument}: expected a path, got {type(value).__name__}.{facts.advice}")


def _parameters() -> list[inspect.Parameter]:
    hints = JobArguments.__annotations__
    defaults = {name: item.default for name, item in config_fields().items()}
    return [
        inspect.Parameter(
            argument,
            inspect.Parameter.KEYWORD_ONLY,
            default=defaults[name],
            # annotations are postponed: each is a reference to its text
            annotation=getattr(hints[argument], "__forward_arg__", hints[argument]),
        )
        for argument, name in _names_by_argument().items()
    ]


def _meanings() -> str:
    """What each option means, by group."""
    facts = option_facts()
    parts = []
    for heading, group in OPTION_GROUPS.items():
        names = [name for name in inspect.get_annotations(group) if name != "data"]
        lines = [f"{facts[name].argument or name}: {facts[name].help}" for name in names]
        parts.append(f"{heading}:\n{indent(chr(10).join(lines), '    ')}")
    return "\n\n".join(parts)
