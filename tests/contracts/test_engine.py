"""The engines of this package keep their contract."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from automl.testing.engines import EngineContract
from automl.training.compiled import CompiledEngine
from automl.training.engine import Engine
from automl.training.streaming import FitEngine

ENGINES: dict[str, Callable[[], Engine]] = {
    # for the programs of all tests of a class
    "compiled": lambda: CompiledEngine(programs=64),
    "streaming": FitEngine,
}


class TestEngines(EngineContract):
    @pytest.fixture(scope="class", params=list(ENGINES))
    def engine(self, request: pytest.FixtureRequest) -> Engine:
        return ENGINES[request.param]()
