"""Options as keyword arguments: typed and documented as job files have them, converted, slips refused."""

from __future__ import annotations

import inspect
from inspect import get_annotations
from pathlib import Path

import numpy as np
import pytest

import automl
from automl.core.errors import ConfigError
from automl.jobs.arguments import JobArguments, config_of_arguments
from automl.jobs.config import (
    OPTION_GROUPS,
    JobConfig,
    config_fields,
    config_from,
    dump_config,
    option_facts,
)

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


@pytest.mark.parametrize(("word", "argument"), [("time", "time_limit"), ("set", "settings")])
def test_the_word_of_the_command_line_names_the_argument(word, argument):
    with pytest.raises(TypeError, match=rf"'{word}'\. Did you mean '{argument}'\?"):
        config_of_arguments("d.csv", {word: "1"})


def test_scalars_of_numpy_are_those_of_python_as_grids_hold_them():
    given = {
        "trials": np.int64(3),
        "seed": np.arange(2)[1],
        "tracking": np.bool_(False),
        "family": np.array(["mlp", "linear"]),
        "target": np.int64(0),
        "time_limit": np.float64(90),
    }

    job = config_of_arguments("d.csv", given)

    assert job == JobConfig(
        data="d.csv", trials=3, seed=1, tracking=False, family=("mlp", "linear"), target=("0",), time=90.0
    )
    assert "trials: 3\n" in dump_config(job)


@pytest.mark.parametrize(
    ("argument", "value", "expected"),
    [
        ("trials", "3", "a whole number, got '3'"),
        ("epochs", 2.0, r"a whole number, got 2\.0"),
        ("trials", True, "a whole number, got True"),
        ("single", 1, "true or false, got 1"),
        ("sampler", 3, "text, got 3"),
        ("metric", max, "text, or a list of texts, got builtin_function_or_method"),
        ("family", [None], "text, or a list of texts, got NoneType"),
        ("settings", {3: 4}.keys(), "texts such as learning_rate=1e-3, or a mapping"),
    ],
)
def test_a_value_of_another_type_is_refused_before_anything_is_read(argument, value, expected):
    with pytest.raises(ConfigError, match=f"^{argument}: expected {expected}"):
        config_of_arguments("d.csv", {argument: value})


def test_none_is_nothing_asked_for():
    assert config_of_arguments("d.csv", {"metric": None, "family": None}) == JobConfig(data="d.csv")


def test_settings_are_texts_or_a_mapping_in_python_and_in_job_files():
    mapping = {"rate": 1e-5, "width": [64, 128], "depth": "1..4", "skip": True, "size": np.int64(3)}
    texts = ("rate=1e-05", "width=[64, 128]", "depth=1..4", "skip=true", "size=3")

    assert config_of_arguments("d.csv", {"settings": mapping}).set == texts
    assert config_of_arguments("d.csv", {"settings": "rate=1e-5"}).set == ("rate=1e-5",)
    assert config_from({"set": {"rate": 1e-5, "width": [64, 128]}}, where="job.yaml").set == texts[:2]


def test_what_is_wrong_is_named_as_python_names_it():
    with pytest.raises(ConfigError, match=r"^time_limit: expected a time such as"):
        config_of_arguments("d.csv", {"time_limit": "soon"})
    with pytest.raises(ConfigError, match=r"^validation: expected a path, got list\. Save the rows"):
        config_of_arguments("d.csv", {"validation": [[1.0]]})
