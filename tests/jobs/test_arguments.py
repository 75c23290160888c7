"""Options as keyword arguments: typed and documented as job files have them, converted, slips refused."""

from __future__ import annotations

import inspect
from inspect import get_annotations
from pathlib import Path

import pytest

import automl
from automl.core.errors import ConfigError
from automl.jobs.arguments import JobArguments, config_of_arguments
from automl.jobs.config import OPTION_GROUPS, JobConfig, config_fields, option_facts

RENAMED = {"time": "time_limit", "set": "settings"}


def test_each_option_has_an_argument_and_a_meaning():
    assert {RENAMED.get(name, name) for name in config_fields()} - {"data"} == {
        *JobArguments.__annotations__
    }
    assert all(facts.help for facts in option_facts().values())


def test_each_option_is_in_one_group_in_the_order_of_the_groups():
    listed = [name for group in OPTION_GROUPS.values() for name in get_annotations(group)]

    assert listed == list(config_fields())


def test_help_shows_type_default_and_meaning_of_each_option():
    shown = inspect.signature(automl.search).parameters["folds"]

    assert (shown.annotation, shown.default) == ("int | None", None)
    assert f"    folds: {option_facts()['folds'].help}" in str(automl.search.__doc__)


def test_arguments_are_converted_as_their_options_say():
    job = config_of_arguments(
        "d.csv",
        {
            "target": 0,
            "time_limit": "2m",
            "settings": ["width=64"],
            "coverage": "90%",
            "memory_limit": "1GB",
            "workers": "auto",
            "warm_start": Path("runs/a"),
            "out": Path("runs/b"),
        },
    )

    assert job == JobConfig(
        data="d.csv",
        target=("0",),
        time=120.0,
        set=("width=64",),
        coverage=0.9,
        memory_limit=10**9,
        workers="auto",
        warm_start=("runs/a",),
        out="runs/b",
    )


def test_a_misspelled_argument_is_an_error_that_names_the_nearest():
    with pytest.raises(TypeError, match=r"'time_limt'.*time_limit"):
        automl.search("d.csv", time_limt="1m")  # type: ignore[call-arg]


def test_what_is_wrong_is_named_as_python_names_it():
    with pytest.raises(ConfigError, match=r"^time_limit: expected a time such as"):
        config_of_arguments("d.csv", {"time_limit": "soon"})
    with pytest.raises(ConfigError, match=r"^validation: expected a path, got list\. Save the rows"):
        config_of_arguments("d.csv", {"validation": [[1.0]]})
