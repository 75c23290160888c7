"""Rows mixed from two near ones."""

from __future__ import annotations

import numpy as np
import pytest

from automl.jobs.finish.more_rows import can_be_mixed, mixed_rows

RANDOM = np.random.default_rng(0)
SIDE = np.repeat([0.0, 10.0], 50)
RAW = {
    "a": SIDE + RANDOM.normal(size=100),
    "b": 5 * SIDE + RANDOM.normal(size=100),
    "town": np.array(["Bonn", "Ulm"], object)[(SIDE > 0).astype(int)],
}
TENSORS = {
    "numeric": np.stack([RAW["a"], RAW["b"]], axis=1).astype(np.float32),
    "categorical": (SIDE > 0).astype(np.int32)[:, None],
}


def mixed(rows: np.ndarray, count: int = 400) -> dict[str, np.ndarray]:
    return mixed_rows(RAW, TENSORS, rows, count, np.random.default_rng(1))


def test_cells_come_from_two_rows_that_are_near_each_other() -> None:
    found = mixed(np.arange(100))

    right = found["a"] > 5
    assert {len(values) for values in found.values()} == {400}
    assert set(found["a"]) <= set(RAW["a"])
    assert ((found["b"] > 25) == right).all()
    assert ((found["town"] == "Ulm") == right).all()
    pairs = set(zip(RAW["a"], RAW["b"], strict=True))
    assert np.mean([pair not in pairs for pair in zip(found["a"], found["b"], strict=True)]) > 0.3


def test_only_the_rows_that_are_named_are_used() -> None:
    found = mixed(np.arange(20))

    assert set(found["a"]) <= set(RAW["a"][:20])


def test_the_same_seed_gives_the_same_rows() -> None:
    np.testing.assert_array_equal(mixed(np.arange(100))["b"], mixed(np.arange(100))["b"])


@pytest.mark.parametrize(
    ("inputs", "possible"),
    [
        (RAW, True),
        ({"a": RAW["a"][:, None], "b": RAW["b"]}, True),
        ({"text": RAW["town"]}, False),
        ({"a": RAW["a"], "picture": np.zeros((100, 8, 8))}, False),
    ],
    ids=["cells", "columns", "texts", "pictures"],
)
def test_rows_of_several_cells_can_be_mixed(inputs: dict[str, np.ndarray], possible: bool) -> None:
    assert can_be_mixed(inputs) == possible
