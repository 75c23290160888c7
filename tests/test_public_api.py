"""The face of the package: what it exports, and that options are told once."""

from __future__ import annotations

import inspect

import pytest

import automl
from automl.core.errors import InputError
from automl.jobs.config import config_fields, option_facts


def test_all_is_sorted_and_importable():
    assert automl.__all__ == sorted(automl.__all__)
    assert all(getattr(automl, name) is not None for name in automl.__all__)


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="serch"):
        _ = automl.serch


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
