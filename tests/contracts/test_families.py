"""What engines promise of every family: the same numbers by any engine, in a used program, resumed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from automl.training.compiled import CompiledEngine
from automl.training.devices import configure
from automl.training.state import load_state
from automl.training.streaming import FitEngine
from tests.contracts.families import NAMES, OTHER, candidate, curve, train

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def deterministic() -> None:
    configure(deterministic=True)


@pytest.fixture(scope="module")
def engine() -> CompiledEngine:
    return CompiledEngine(programs=len(NAMES))


@pytest.fixture(scope="module")
def uninterrupted(engine: CompiledEngine):
    return cache(lambda name: train(engine, candidate(name), name))


@pytest.fixture(scope="module")
def paused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """Another process that trains each family for an epoch and leaves its states in a folder."""
    folder = tmp_path_factory.mktemp("states")
    command = [sys.executable, "-m", "tests.contracts.families", str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ}, stderr=subprocess.PIPE, text=True
    ) as process:
        yield folder, process
        process.kill()


@pytest.mark.parametrize("name", NAMES)
def test_a_used_program_trains_another_trial_as_keras_fit_does(
    engine: CompiledEngine, uninterrupted, paused, name: str
) -> None:
    uninterrupted(name)
    trial = {"seed": 2, "settings": OTHER, "learning_rate": 0.01, "weight_decay": 0.1}

    used = train(engine, candidate(name, **trial), name)

    streamed = train(FitEngine(), candidate(name, **trial), name)
    assert used.facts["program"] == "hit"
    assert curve(used) == pytest.approx(curve(streamed), rel=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_other_trials_is_left_in_a_program(
    engine: CompiledEngine, uninterrupted, name: str
) -> None:
    first = uninterrupted(name)
    train(engine, candidate(name, seed=2, settings=OTHER), name)

    again = train(engine, candidate(name), name)

    assert again.facts["program"] == "hit"
    assert curve(again) == curve(first)


@pytest.mark.parametrize("name", NAMES)
def test_a_paused_training_goes_on_in_another_process_bit_for_bit(
    engine: CompiledEngine, uninterrupted, paused, name: str
) -> None:
    folder, process = paused
    assert process.wait(timeout=300) == 0, process.stderr.read()[-2000:]
    state = load_state(folder / f"{name.replace('/', '-')}.npz")

    resumed = train(engine, candidate(name), name, state)

    assert len(state.epochs) == 1
    assert curve(resumed) == curve(uninterrupted(name))
