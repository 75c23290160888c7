"""Targets by name: a single one goes without its name where users meet it."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.targets import TARGET, bare, count_rows, held_rows, joined_rows, named, ragged, spread_rows
from automl.core.windows import Windows


@pytest.mark.parametrize("values", [{TARGET: 1}, {"price": 1}, {"price": 1, TARGET: 2}])
def test_named_undoes_bare(values: dict[str, int]) -> None:
    assert named(bare(values)) == values


def test_only_a_single_target_goes_without_its_name() -> None:
    assert bare({TARGET: "x"}) == "x"
    assert bare({"boxes": "x"}) == {"boxes": "x"}


def test_rows_are_counted_by_any_of_the_values() -> None:
    assert count_rows({"boxes": np.zeros((7, 2)), "label": np.zeros(7)}) == 7


@pytest.mark.parametrize("lengths", [(2, 0, 3), (2, 2, 2)])
def test_ragged_arrays_stay_objects_whatever_their_shapes(lengths: tuple[int, ...]) -> None:
    array = ragged(np.ones((length, 4)) for length in lengths)

    assert (array.shape, array.dtype) == ((3,), np.dtype(object))
    assert [item.shape for item in array] == [(length, 4) for length in lengths]


@pytest.mark.parametrize(("total", "most", "expected"), [(3, 5, [0, 1, 2]), (9, 3, [0, 4, 8]), (0, 4, [])])
def test_spread_rows_reach_from_the_first_to_the_last(total: int, most: int, expected: list[int]) -> None:
    assert spread_rows(total, most).tolist() == expected


def test_held_rows_are_arrays_in_memory() -> None:
    windows = Windows(base=np.arange(8.0).reshape(8, 1), starts=np.arange(5), length=3)

    held = held_rows({"series": windows, "label": np.arange(5)}, np.array([4, 0]))

    assert isinstance(held["series"], np.ndarray)
    assert held["series"][:, :, 0].tolist() == [[4, 5, 6], [0, 1, 2]]
    assert held["label"].tolist() == [4, 0]


def test_parts_are_joined_in_order_and_one_alone_stays_as_it_is() -> None:
    first, second = {"a": np.arange(2)}, {"a": np.arange(2, 5)}

    assert joined_rows([first, second])["a"].tolist() == [0, 1, 2, 3, 4]
    assert joined_rows([first]) is first
