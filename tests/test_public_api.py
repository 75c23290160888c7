"""The face of the package: what it exports, and that options are told once."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import automl
from automl.core.errors import InputError
from automl.jobs.config import config_fields, option_facts
from automl.kerastuner import applications


def test_all_is_sorted_and_importable():
    assert automl.__all__ == sorted(automl.__all__)
    assert all(getattr(automl, name) is not None for name in automl.__all__)


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="serch"):
        _ = automl.serch


@pytest.mark.parametrize("module", [automl, applications])
def test_type_checkers_find_a_misspelled_name(module):
    """A ``__getattr__`` that they saw would give them every name."""
    seen = ast.parse(Path(str(module.__file__)).read_text()).body

    assert "__getattr__" in vars(module)
    assert not [item for item in seen if isinstance(item, ast.FunctionDef) and item.name == "__getattr__"]


def test_search_takes_every_option_of_a_job_with_its_default():
    taken = inspect.signature(automl.search).parameters

    for name, item in config_fields().items():
        if name != "data":
            assert taken[option_facts()[name].argument or name].default == item.default, name


@pytest.mark.parametrize("option", ["validation", "space", "out", "tracking_uri"])
def test_options_that_name_files_take_paths_and_refuse_all_else(option, tmp_path):
    with pytest.raises(InputError, match=rf"^{option}: expected a path, got tuple\."):
        automl.search(tmp_path / "data.csv", **{option: ([[1.0]], [1.0])}, verbose=0)
    with pytest.raises(InputError, match=r"data\.csv|no search space .*other"):
        automl.search(tmp_path / "data.csv", **{option: tmp_path / "other"}, verbose=0)


def _public_callables():
    """Functions of the face, and methods of its classes, each with its name."""
    for name in automl.__all__:
        item = getattr(automl, name)
        if inspect.isfunction(item):
            yield pytest.param(item, "", id=name)
        if not inspect.isclass(item) or issubclass(item, BaseException) or item is automl.JobConfig:
            continue  # each option of a job is told where it is declared
        for owner in [each for each in item.__mro__ if each.__module__.startswith("automl.")]:
            for method, value in vars(owner).items():
                function = getattr(value, "__func__", value)
                named = not method.startswith("_") or method == "__init__"
                # Python and typing make functions, too, that are of no module of ours
                if inspect.isfunction(function) and named and function.__module__ == owner.__module__:
                    about = (owner.__doc__ or "") if method == "__init__" else ""
                    yield pytest.param(function, about, id=f"{name}-{owner.__name__}.{method}")


@pytest.mark.parametrize(("function", "about"), _public_callables())
def test_every_parameter_is_typed_and_told(function, about):
    told = f"{about}\n{inspect.getdoc(function) or ''}"
    every = inspect.signature(function).parameters.values()
    parameters = [item for item in every if item.name not in ("self", "cls")]

    untyped = [item.name for item in parameters if item.annotation is inspect.Parameter.empty]
    untold = [item.name for item in parameters if not re.search(rf"\b{item.name}\b", told)]
    assert (untyped, untold) == ([], [])
