"""Which engine trains: by the size of the data, devices and backend; a wish is obeyed or refused."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.training.engine import Split
from automl.training.engine_choice import (
    ASSUMED_MEMORY,
    DEFAULT,
    ENGINES,
    choose_engine,
    make_engine,
    split_bytes,
)
from automl.training.scoring import Collected
from automl.training.strategies.single import Single

ONE, TWO = Single(), Single(name="mirrored", replicas=2)
MEMORY = 1000


def chosen(wanted: str = "auto", **facts: object) -> str:
    usual = {"backend": "tensorflow", "strategy": ONE, "data_bytes": 100, "memory_bytes": MEMORY}
    return choose_engine(wanted, **{**usual, **facts}).name  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({}, DEFAULT),
        ({"backend": "jax"}, DEFAULT),
        ({"data_bytes": 250}, DEFAULT),
        ({"data_bytes": 251}, "streaming"),
        ({"memory_bytes": None, "data_bytes": ASSUMED_MEMORY // 4}, DEFAULT),
        ({"memory_bytes": None, "data_bytes": ASSUMED_MEMORY}, "streaming"),
        ({"strategy": TWO}, "streaming"),
        ({"backend": "torch"}, "streaming"),
    ],
)
def test_auto_goes_by_data_and_devices(facts: dict[str, object], name: str) -> None:
    assert chosen(**facts) == name


@pytest.mark.parametrize("name", list(ENGINES))
def test_a_wish_is_obeyed_whatever_the_size(name: str) -> None:
    assert chosen(name, data_bytes=MEMORY) == name


@pytest.mark.parametrize("facts", [{"strategy": TWO}, {"backend": "torch"}])
def test_a_wish_that_cannot_be_granted_says_what_to_do(facts: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="--engine streaming"):
        chosen("compiled", **facts)


def test_a_misspelt_engine_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'compiled'"):
        chosen("compilde")


def test_the_reason_tells_sizes() -> None:
    choice = choose_engine(
        "auto", backend="tensorflow", strategy=ONE, data_bytes=12_300_000, memory_bytes=8 * 10**9
    )

    assert choice.reason == "12.3 MB of data, 8 GB of memory"


def test_the_size_of_a_split_is_that_of_all_its_tensors() -> None:
    tensor = np.zeros((10, 2), np.float32)
    split = Split(
        train={"numeric": tensor, "ranks": tensor},
        train_targets={"a": np.zeros((10, 1), np.float32), "b": np.zeros(10, np.int32)},
        validation={"numeric": tensor[:5]},
        scorer=lambda: Collected(5, lambda outputs: {}),
    )

    assert split_bytes(split) == 80 + 80 + 40 + 40 + 40


@pytest.mark.parametrize("name", list(ENGINES))
def test_an_engine_is_made_by_its_name(name: str) -> None:
    assert make_engine(name, ONE).name == name
