"""Options that decide about a structure are declared where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from automl.core.shaping import shaping, shaping_names


@dataclass(frozen=True, kw_only=True)
class Options:
    rate: float = 0.1
    expansion: float = shaping(2.0)


def test_only_what_is_declared_shapes() -> None:
    assert shaping_names(Options) == {"expansion"}
    assert Options().expansion == 2.0
