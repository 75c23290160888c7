"""Columns that go together are found, whatever they hold; others stay alone."""

from __future__ import annotations

import numpy as np
import pytest

from automl.explanations.groups import associations, groups_of

RNG = np.random.default_rng(0)
ROWS = 400
NUMBER = RNG.normal(size=ROWS)
TOWN = RNG.choice(["a", "b", "c"], ROWS).astype(object)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (NUMBER * 3 - 1, 1.0),
        (-np.exp(NUMBER), 1.0),
        (RNG.normal(size=ROWS), 0.0),
        (np.where(NUMBER > 0, "high", "low").astype(object), 0.87),
        (np.full(ROWS, 7.0), 0.0),
    ],
    ids=["line", "falling curve", "noise", "its half", "constant"],
)
def test_association_of_a_number(other, expected):
    assert associations([NUMBER, other])[0, 1] == pytest.approx(expected, abs=0.1)


def test_association_of_categories():
    renamed = np.array([f"town {name}" for name in TOWN], dtype=object)
    shuffled = RNG.permutation(TOWN)

    found = associations([TOWN, renamed, shuffled])

    assert found[0, 1] == pytest.approx(1.0)
    assert found[0, 2] < 0.2


def test_groups_keep_the_order_and_every_two_of_one_go_together():
    noisy = NUMBER + RNG.normal(0, 0.05, ROWS)
    columns = {"town": TOWN, "x": NUMBER, "y": RNG.normal(size=ROWS), "x again": noisy, "code": TOWN}

    assert groups_of(columns) == [("town", "code"), ("x", "x again"), ("y",)]


def test_missing_values_and_single_columns_are_no_trouble():
    gaps = np.where(RNG.random(ROWS) < 0.3, np.nan, NUMBER)

    assert groups_of({"x": NUMBER}) == [("x",)]
    assert groups_of({}) == []
    assert groups_of({"empty": np.full(ROWS, np.nan), "x": NUMBER, "gaps": gaps})[0] == ("empty",)
