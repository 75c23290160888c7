"""Groups, row numbers, dates and an order of rows that a random split leaks through."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data.audit.groups import group_codes
from tests.data.audit.test_audit import ROWS, kinds, of, table


def customers(each: int = 8, seed: int = 0) -> dict[str, np.ndarray]:
    """Rows of customers that hardly differ, in any order."""
    random = np.random.default_rng(seed)
    columns = {name: np.repeat(values[: ROWS // each], each) for name, values in table(seed=seed).items()}
    for name in "ab":
        columns[name] = columns[name] + random.normal(0, 0.1, ROWS)
    columns["customer"] = np.repeat(random.permutation(9000)[: ROWS // each], each).astype(float)
    order = random.permutation(ROWS)
    return {name: values[order] for name, values in columns.items()}


@pytest.mark.parametrize(
    "written", [lambda ids: ids, lambda ids: np.array([f"c{item:.0f}" for item in ids], object)]
)
def test_rows_of_one_customer_are_a_group(written):
    columns = customers()
    columns["customer"] = written(columns["customer"])

    found = kinds(of(columns))["groups"]

    assert (found.where, found.mood) == ("customer", "bad")
    assert "--group-column 'customer'" in found.advice


def test_with_a_group_column_nothing_leaks():
    columns = customers()
    groups = columns.pop("customer")

    assert "groups" not in kinds(of(columns, groups=groups))


def test_a_category_that_says_much_is_no_group():
    columns, random = table(), np.random.default_rng(1)
    city = random.integers(0, 60, ROWS)
    columns["rent"] = city * 10.0 + random.normal(0, 1, ROWS)
    columns["city"] = np.array([f"city {item}" for item in city], object)

    assert "groups" not in kinds(of(columns))


def test_an_amount_in_whole_numbers_is_no_group():
    columns, random = table(), np.random.default_rng(1)
    columns["size"] = np.round(100 * columns["a"])
    columns["weight"] = np.round(200 * columns["a"] + random.normal(0, 5, ROWS))
    columns["y"] = np.where(columns["a"] > 0, "yes", "no").astype(object)

    assert "groups" not in kinds(of(columns))


def test_what_can_be_a_group_is_told_by_its_values():
    assert group_codes(np.arange(40) % 13 + 0.5) is None
    assert group_codes(np.arange(40.0)) is None
    assert group_codes(np.arange(40.0) % 3) is None
    assert group_codes(np.arange(400) % 13) is None
    assert group_codes(np.arange(400.0) % 13).max() == 12
    assert group_codes(np.array(["", "b", "c"] * 100 + [f"n{n % 20}" for n in range(99)], object)) is None


def test_row_numbers_of_a_sorted_file_are_a_leak():
    columns = table()
    order = np.argsort(columns["y"].astype(str), kind="stable")
    columns["position"] = np.argsort(order).astype(float) + 1

    found = kinds(of(columns))["leak"]

    assert (found.where, found.mood) == ("position", "bad")
    assert "numbers the rows" in found.told


def test_row_numbers_that_say_nothing_are_no_leak():
    columns = table()
    columns["position"] = np.arange(ROWS) + 1.0

    assert "leak" not in kinds(of(columns))


def dated(drift: float) -> dict[str, np.ndarray]:
    columns, random = table(), np.random.default_rng(3)
    days = random.integers(0, 700, ROWS)
    columns["a"] = columns["a"] + drift * days / 700
    columns["day"] = (days * 86_400).astype(np.int64)
    return columns


def test_columns_that_change_with_a_date_are_told():
    found = kinds(of(dated(3.0)))["time"]

    assert found.where == "day"
    assert "'a'" in found.told
    assert "--time-column 'day'" in found.advice


def test_a_date_by_which_nothing_changes_is_nothing():
    assert "time" not in kinds(of(dated(0.0)))


def test_rows_that_follow_each_other_are_told():
    random = np.random.default_rng(4)
    walks = {name: np.cumsum(random.normal(size=ROWS)) for name in "abcd"}
    columns = {**walks, "y": np.where(walks["a"] > walks["b"], "yes", "no").astype(object)}

    assert kinds(of(columns))["order"].where == "rows"


def test_rows_sorted_by_their_class_have_no_order():
    columns = table()
    order = np.argsort(columns["y"].astype(str), kind="stable")
    columns = {name: values[order] for name, values in columns.items()}
    columns["c"] = columns["a"] * 2 + np.random.default_rng(5).normal(size=ROWS)

    assert "order" not in kinds(of(columns))
