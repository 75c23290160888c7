"""The sampler of a search with rungs: Optuna's own suites, and what it promises beyond them."""

from __future__ import annotations

import pytest
from optuna.samplers import BaseSampler
from optuna.testing.pytest_samplers import (
    BasicSamplerTestCase,
    MultiObjectiveSamplerTestCase,
    RelativeSamplerTestCase,
)

from automl.study.rung_sampler import RungSampler


class TestConformance(BasicSamplerTestCase, RelativeSamplerTestCase, MultiObjectiveSamplerTestCase):
    """Optuna's suites."""

    @pytest.fixture
    def sampler(self) -> type[BaseSampler]:
        """A maker of samplers."""
        return RungSampler
