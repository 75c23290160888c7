"""The engines of this package keep the contract of groups."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from automl.testing.groups import GroupContract
from automl.training.compiled import CompiledEngine
from automl.training.engine import Engine
from automl.training.streaming import FitEngine

ENGINES: dict[str, Callable[[], Engine]] = {"compiled": CompiledEngine, "streaming": FitEngine}


class TestGroups(GroupContract):
    @pytest.fixture(params=list(ENGINES))
    def engine(self, request: pytest.FixtureRequest) -> Engine:
        return ENGINES[request.param]()
