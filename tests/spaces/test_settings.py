from __future__ import annotations

import pytest

from automl.core.errors import SpaceError
from automl.spaces.settings import parse_setting


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("x=1e-3", 0.001),
        ("x=3", 3),
        ("x = adamw", "adamw"),
        ("x=null", None),
        ("x=true", True),
        ("x='1e-3'", "1e-3"),
        ("x=[64,128]", [64, 128]),
        ("x=[adamw, null]", ["adamw", None]),
        ("x=64..128", {"low": 64, "high": 128}),
        ("x=1e-4..1e-2", {"low": 0.0001, "high": 0.01}),
        ("x=-1...5", {"low": -1, "high": 0.5}),
    ],
)
def test_a_setting_is_read_as_the_user_means_it(text, wish):
    assert parse_setting(text) == ("x", wish)


@pytest.mark.parametrize("text", ["x", "x=", "=3", "x=[]", "x={a: 1}", "x=[[1]]", "x=[1"])
def test_anything_else_is_refused_with_what_was_written(text):
    with pytest.raises(SpaceError, match="--set '"):
        parse_setting(text)
