"""Columns that label rows: by name, and by what they tell of the target."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data.row_labels import counts_rows, is_nameless, labels_rows, names_an_id, tells

RANDOM = np.random.default_rng(0)
ORDER = RANDOM.permutation(200).astype(float)


@pytest.mark.parametrize("name", ["", "unnamed_0", "Unnamed: 0", "Unnamed: 0.1", "...1"])
def test_names_of_columns_without_a_name(name: str) -> None:
    assert is_nameless(name)
    assert labels_rows(name, ORDER[:120])


@pytest.mark.parametrize(
    "name",
    ["id", "ID", "customer_id", "PassengerId", "customerID", "rowid", "user id", "id_customer", "uuid",
     "order no.", "Kunden-Nr", "invoice_number", "index", "row", "primary key"],
)  # fmt: skip
def test_names_that_say_id(name: str) -> None:
    assert names_an_id(name)
    assert labels_rows(name, ORDER)


@pytest.mark.parametrize(
    "name",
    ["x", "year", "humidity", "paid", "grid", "number_of_rooms", "price_index", "rows_sold", "node", "nose",
     "monkey", "seconds", "covid", "idle"],
)  # fmt: skip
def test_names_that_say_something_else(name: str) -> None:
    assert not names_an_id(name)
    assert not labels_rows(name, ORDER)


def test_ids_that_repeat_and_fractions_are_features() -> None:
    assert not labels_rows("customer_id", ORDER // 3)
    assert not labels_rows("id", ORDER / 2)


def test_counting_is_without_gaps_in_any_order() -> None:
    assert counts_rows(ORDER)
    assert not counts_rows(ORDER[:199] * 2)


@pytest.mark.parametrize(
    "targets",
    [2 * ORDER[:, None] + 1, np.sin(ORDER / 9)[:, None], np.where(ORDER < 100, "a", "b").astype(object)],
)
def test_a_counter_that_goes_with_the_target_tells(targets: np.ndarray) -> None:
    assert tells(ORDER, targets)


@pytest.mark.parametrize(
    "targets", [RANDOM.normal(size=(200, 2)), RANDOM.choice(["a", "b", "c"], 200).astype(object)]
)
def test_a_counter_beside_the_target_tells_nothing(targets: np.ndarray) -> None:
    assert not tells(ORDER, targets)
