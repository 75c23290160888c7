"""Command-line options made from the fields of ``JobConfig``, so that each option is told once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field
from pathlib import Path
from typing import Any

import click

from automl.jobs.config import JobConfig, config_fields, config_from, read_config
from automl.jobs.options.option import facts_of

Command = Callable[..., Any]


def job_options(function: Command) -> Command:
    """Add an option for every field of ``JobConfig`` but the data, which is the argument."""
    for name, item in reversed(config_fields().items()):
        if name != "data":
            function = _option(name, item)(function)
    return function


def given_config(data: str | None, job: str | None, options: dict[str, Any]) -> JobConfig:
    """Merge a job file with the options given on the command line, which win.

    Args:
        data: the argument DATA, or None.
        job: path of the job file, or None.
        options: values by name; None and empty mean not given.

    Raises:
        ConfigError: a value is wrong.
    """
    values = read_config(Path(job)) if job else {}
    given = {name: value for name, value in options.items() if value not in (None, ())}
    if data is not None:
        given["data"] = data
    config_from(values, where=job or "job file")
    return config_from({**values, **given}, where="command line")


def _option(name: str, item: Field[Any]) -> Callable[[Command], Command]:
    facts, kind = facts_of(item), str(item.type)
    flag = name.replace("_", "-")
    if kind == "bool" and not item.default:
        return click.option(f"--{flag}", name, flag_value=True, default=None, help=facts.help)
    if kind == "bool":
        return click.option(f"--no-{flag}", name, flag_value=False, default=None, help=facts.off)
    shared: dict[str, Any] = {"default": None, "help": facts.help, "metavar": facts.metavar or None}
    flag = f"--{flag}"
    if kind.startswith("tuple"):
        shared["help"] = f"{facts.help}; repeatable"
        return click.option(flag, name, multiple=True, **{**shared, "default": ()})
    if kind in ("int", "int | None") and facts.parse is None:
        return click.option(flag, name, type=int, **shared)
    return click.option(flag, name, type=str, **shared)
