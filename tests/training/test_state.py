"""States of trainings on disk: whole, without pickle, refused when they do not fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.training.engine import Epoch, TrainingState
from automl.training.state import assign, load_state, save_state, values_of

STATE = TrainingState(
    engine="compiled",
    variables=(np.arange(6, dtype=np.float32).reshape(2, 3), np.array([1, 2], np.uint32)),
    optimizer=(np.array(7), np.float32(0.5) * np.ones((2, 3), np.float32)),
    best_variables=(np.zeros((2, 3), np.float32), np.array([0, 1], np.uint32)),
    epochs=(Epoch(number=1, metrics={"loss": 0.1 + 0.2, "val_rmse": 1 / 3}, seconds=1.5),),
    best=0,
    stale=2,
    rate_factor=0.25,
)


def test_a_state_comes_back_bit_for_bit(tmp_path: Path) -> None:
    save_state(STATE, tmp_path / "state.npz")

    back = load_state(tmp_path / "state.npz")

    for group in ("variables", "optimizer", "best_variables"):
        for one, other in zip(getattr(STATE, group), getattr(back, group), strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)
    plain = {"variables": (), "optimizer": (), "best_variables": ()}
    assert replace(back, **plain) == replace(STATE, **plain)


def test_a_state_replaces_the_one_before_and_leaves_nothing_else(tmp_path: Path) -> None:
    save_state(STATE, tmp_path / "state.npz")
    save_state(replace(STATE, stale=3), tmp_path / "state.npz")

    assert load_state(tmp_path / "state.npz").stale == 3
    assert [path.name for path in tmp_path.iterdir()] == ["state.npz"]


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x03\x04 cut off"])
def test_what_is_no_state_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "state.npz"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match=r"state.npz cannot be read as a training state"):
        load_state(path)


def test_a_pickled_array_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "state.npz", facts=np.array({"form": 1}, dtype=object))

    with pytest.raises(ConfigError, match="cannot be read"):
        load_state(tmp_path / "state.npz")


def test_a_state_of_another_model_is_refused() -> None:
    variables = keras.layers.Dense(3)
    variables.build((None, 4))

    with pytest.raises(ConfigError, match=r"number 0 has the shape \(4, 3\), in the state \(2, 3\)"):
        assign(variables.variables, STATE.variables, "model")


def test_values_are_copies() -> None:
    layer = keras.layers.Dense(3)
    layer.build((None, 2))
    before = values_of(layer.variables)

    layer.kernel.assign(layer.kernel + 1)

    assert not np.array_equal(before[0], np.array(layer.kernel))


@pytest.mark.parametrize(
    "changed",
    [
        {"best": 7},
        {"epochs": STATE.epochs[:1] * 2},
        {"best_variables": (np.zeros(99),)},
        {"variables": (np.array(["a"]),), "best_variables": ()},
    ],
    ids=["best", "epochs", "best weights", "texts"],
)
def test_parts_that_cannot_belong_together_are_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    save_state(replace(STATE, **changed), tmp_path / "3.npz")

    with pytest.raises(ConfigError, match=r"cannot be read as a training state: (its|the) "):
        load_state(tmp_path / "3.npz")
