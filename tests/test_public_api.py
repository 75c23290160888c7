"""The face of the package: what it exports, and that options are told once."""

from __future__ import annotations

import inspect

import pytest

import automl
from automl.jobs.config import config_fields


def test_all_is_sorted_and_importable():
    assert automl.__all__ == sorted(automl.__all__)
    assert all(getattr(automl, name) is not None for name in automl.__all__)


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="serch"):
        _ = automl.serch


def test_search_takes_every_option_of_a_job_with_its_default():
    renamed = {"time": "time_limit", "set": "settings"}
    taken = inspect.signature(automl.search).parameters
    skipped = ("data", "backend")  # the backend of a process is chosen before Keras is imported

    for name, item in config_fields().items():
        if name not in skipped:
            assert taken[renamed.get(name, name)].default == item.default, name
