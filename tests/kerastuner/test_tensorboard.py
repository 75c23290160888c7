"""Logs for TensorBoard: a folder for each execution, hyperparameters with their ranges."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass

import keras
import pytest

from automl.kerastuner import HyperParameters, tensorboard
from automl.kerastuner.engine.trial import Trial
from automl.kerastuner.engine.tuner_utils import convert_hyperparams_to_hparams
from automl.kerastuner.tensorboard import logged_apart


@dataclass(frozen=True)
class HParam:
    name: str
    domain: tuple


def named(kind):
    return lambda *values: (kind, *(tuple(value) if isinstance(value, list) else value for value in values))


API = types.SimpleNamespace(
    HParam=HParam,
    Discrete=named("one of"),
    IntInterval=named("whole"),
    RealInterval=named("real"),
    KerasCallback=lambda **given: given,
)


def hyperparameters():
    hp = HyperParameters()
    hp.Int("units", 2, 16)
    hp.Int("steps", 32, 96, step=32)
    hp.Float("rate", 0.5, 1.0)
    hp.Choice("kind", ["a", "b"])
    hp.Fixed("beta", 0.1)
    hp.Boolean("other", parent_name="kind", parent_values="b")
    return hp


def test_ranges_are_told_as_tensorboard_knows_them():
    assert convert_hyperparams_to_hparams(hyperparameters(), API) == {
        HParam("units", ("whole", 2, 16)): 2,
        HParam("steps", ("one of", (32, 64, 96))): 32,
        HParam("rate", ("real", 0.5, 1.0)): 0.5,
        HParam("kind", ("one of", ("a", "b"))): "a",
        HParam("beta", ("one of", (0.1,))): 0.1,
    }


@pytest.mark.parametrize("installed", [True, False])
def test_each_execution_has_a_folder_and_its_hyperparameters(installed, monkeypatch):
    monkeypatch.setattr(tensorboard, "find_spec", lambda name: installed or None)
    monkeypatch.setitem(sys.modules, "tensorboard.plugins.hparams.api", API)
    monkeypatch.setattr(tensorboard, "import_module", sys.modules.__getitem__)
    board, other = keras.callbacks.TensorBoard("logs"), keras.callbacks.TerminateOnNaN()

    found = logged_apart([board, other], Trial(hyperparameters(), "07"), 1)

    assert board.log_dir == "logs/07/execution1"
    assert found[:2] == [board, other]
    assert [item["writer"] for item in found[2:]] == ["logs/07/execution1"] * installed
