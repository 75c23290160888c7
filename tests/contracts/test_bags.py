"""The engines of this package keep the contract of bags."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import pytest

from automl.testing.bags import BagContract
from automl.training.engine import Engine
from tests.contracts.test_engine import ENGINES


class TestBags(BagContract):
    @pytest.fixture(scope="class", params=list(ENGINES))
    def engine(self, request: pytest.FixtureRequest) -> Engine:
        return ENGINES[request.param]()


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="on TensorFlow members always take turns")
class TestBagsInTurn(BagContract):
    @pytest.fixture(scope="class")
    def engine(self) -> Iterator[Engine]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("automl.training.programs.on_jax.gains_together", lambda *of: False)
            yield ENGINES["compiled"]()
