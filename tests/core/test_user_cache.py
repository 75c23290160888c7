"""Where each system wants caches."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from automl.core.user_cache import user_cache


@pytest.mark.parametrize(
    ("system", "variables", "expected"),
    [
        ("linux", {}, "/home/me/.cache/automl-keras"),
        ("linux", {"XDG_CACHE_HOME": "/fast"}, "/fast/automl-keras"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/automl-keras"),
        ("darwin", {"XDG_CACHE_HOME": "/fast"}, "/home/me/Library/Caches/automl-keras"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/automl-keras/Cache"),
        ("win32", {}, "/home/me/AppData/Local/automl-keras/Cache"),
    ],
)
def test_caches_lie_where_the_system_wants_them(monkeypatch, system, variables, expected):
    monkeypatch.setattr(sys, "platform", system)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", **variables}.items():
        monkeypatch.setenv(name, value)

    assert user_cache() == Path(expected)
