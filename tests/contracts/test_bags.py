"""The engines of this package keep the contract of bags."""

from __future__ import annotations

from collections.abc import Callable

import keras
import pytest

from automl.testing.bags import BagContract
from automl.training.compiled import CompiledEngine
from automl.training.engine import Engine
from automl.training.streaming import FitEngine

ENGINES: dict[str, Callable[[], Engine]] = {"compiled": CompiledEngine, "streaming": FitEngine}


class TestBags(BagContract):
    @pytest.fixture(params=list(ENGINES))
    def engine(self, request: pytest.FixtureRequest) -> Engine:
        return ENGINES[request.param]()


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="on TensorFlow members always take turns")
class TestBagsInTurn(BagContract):
    @pytest.fixture
    def engine(self, monkeypatch: pytest.MonkeyPatch) -> Engine:
        monkeypatch.setattr("automl.training.programs.on_jax.gains_together", lambda *of: False)
        return CompiledEngine()
