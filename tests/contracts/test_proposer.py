"""The proposers of this package keep their contract: the one in memory, and the study with each sampler."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from automl.study.memory import RandomProposer
from automl.study.promotion.rungs import ladder
from automl.study.proposals.samplers import SAMPLERS
from automl.testing.proposers import SPACE, Opened, ProposerContract

TORCH = importlib.util.find_spec("torch") is not None


class TestMemory(ProposerContract):
    origins = ("random",)
    lasts = False
    conditions = True

    @pytest.fixture
    def opened(self) -> Opened:
        def made(folder: Path, *, pruner: str, **options: Any) -> RandomProposer:
            levels = ladder(SPACE.epochs) if pruner == "rungs" else ()
            return RandomProposer(space=SPACE, levels=levels, **options)

        return made


class StudyContract(ProposerContract):
    """Of Optuna's study with one sampler."""

    sampler = "rungs"

    @pytest.fixture
    def opened(self) -> Opened:
        from automl.study.opening import open_proposer

        sampler = self.sampler
        return lambda folder, **options: open_proposer(
            folder=folder, name="job", space=SPACE, sampler=sampler, **options
        )


class TestRungs(StudyContract):
    origins = ("random", "neighbour", "model")
    conditions = True


class TestRandom(StudyContract):
    sampler = "random"
    conditions = True


class TestTpe(StudyContract):
    sampler = "tpe"


class TestQmc(StudyContract):
    sampler = "qmc"


class TestNsga2(StudyContract):
    sampler = "nsga2"


class TestGrid(StudyContract):
    sampler = "grid"
    starts = False


class TestCmaes(StudyContract):
    sampler = "cmaes"
    fronts = False


@pytest.mark.skipif(not TORCH, reason="needs PyTorch")
class TestGp(StudyContract):
    sampler = "gp"


def test_every_sampler_has_a_suite() -> None:
    tested = {suite.sampler for suite in StudyContract.__subclasses__()}

    assert tested == set(SAMPLERS)
