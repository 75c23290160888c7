"""Errors carry the exit code and offer the nearest names."""

from __future__ import annotations

import pytest

from automl.core.errors import AutomlError, ConfigError, DataError, SearchError, SpaceError, suggest

KINDS = [(DataError, 2), (SpaceError, 2), (ConfigError, 2), (SearchError, 1)]


@pytest.mark.parametrize(("kind", "code"), KINDS)
def test_exit_codes(kind, code):
    assert issubclass(kind, AutomlError)
    assert kind("text").exit_code == code


@pytest.mark.parametrize(
    ("name", "known", "text"),
    [
        ("incom", ["age", "income"], "Did you mean 'income'?"),
        ("Y", ["a", "y"], "Did you mean 'y'?"),
        ("zzz", ["age", "income"], "Known: age, income."),
        ("zzz", [], "None are known."),
    ],
)
def test_suggestions(name, known, text):
    assert suggest(name, known) == text
