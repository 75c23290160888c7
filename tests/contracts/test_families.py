"""The families of this package keep their contract; each has a sample in ``samples/families``."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from automl.models.catalog import FAMILIES
from automl.testing.families import FamilyContract
from automl.testing.samples import discovered
from automl.testing.trained import candidate_of, curve, split_of, state_file, train
from automl.training.state import load_state

SAMPLES = discovered("tests.contracts.samples.families")
SOME = ("series/rnn", "image/residual_cnn")
"""Dropout and a loop, moving averages: what tells families apart once their training goes on elsewhere."""


class TestFamilies(FamilyContract):
    samples = SAMPLES

    @pytest.mark.parametrize(
        "names",
        [
            SOME,
            pytest.param([item.name for item in SAMPLES if item.name not in SOME], marks=pytest.mark.slow),
        ],
        ids=["some", "rest"],
    )
    def test_a_training_that_paused_in_another_process_goes_on_bit_for_bit(
        self, engine, uninterrupted, names, tmp_path
    ):
        samples = [sample for sample in SAMPLES if sample.name in names]
        plain = json.dumps([sample.plain() for sample in samples])

        program = [sys.executable, "-m", "automl.testing.trained", str(tmp_path)]
        subprocess.run(program, input=plain, text=True, check=True)

        for sample in samples:
            whole = uninterrupted(sample.name)
            state = load_state(state_file(tmp_path, sample))
            resumed = train(engine, candidate_of(sample), split_of(sample), state)
            assert len(state.epochs) == 1
            assert curve(resumed) == curve(whole)


def test_every_family_has_a_sample():
    own = {name for name in FAMILIES if FAMILIES.origin(name) is None}

    assert {sample.name for sample in SAMPLES} == own
