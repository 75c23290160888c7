"""Cells are hidden in turn, hidden cells cannot be seen, their nats are those of their distributions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from automl.models.layers.cell_nats import LEAST_DEVIATION, MOST_DEVIATION, CellNats, HiddenCells, SeenCells

NUMBERS = np.float32([[0.5, -1.0], [2.0, 0.0]])
CODES = np.int32([[2], [0]])


def test_each_cell_is_hidden_once_where_rows_are_scored() -> None:
    hidden = np.asarray(HiddenCells(5, 2)(NUMBERS))

    assert hidden.shape == (2, 2, 5)
    np.testing.assert_array_equal(hidden.sum(axis=1), np.ones((2, 5)))


def test_a_part_of_the_cells_is_hidden_at_random_in_training() -> None:
    layer = HiddenCells(8, 4)
    hidden = np.asarray(layer(np.zeros((1000, 1), np.float32), training=True))

    assert hidden.shape == (1000, 1, 8)
    assert hidden.mean() == pytest.approx(0.25, abs=0.02)
    assert (np.asarray(layer(np.zeros((1000, 1), np.float32), training=True)) != hidden).any()


def test_hidden_cells_leave_no_trace() -> None:
    layer = SeenCells(2, (3,))
    hidden = np.tile(np.float32([1, 0, 1]), (2, 1, 1))

    seen = np.asarray(layer([hidden, NUMBERS, CODES]))
    other = np.asarray(layer([hidden, NUMBERS + np.float32([5, 0]), (CODES + 1) % 3]))

    np.testing.assert_array_equal(seen, other)
    assert seen[0, 0].tolist() == [1, 0, 1, 0, -1, 0, 0, 0]


def test_nats_are_those_of_normal_numbers_and_of_categories() -> None:
    hidden = np.ones((2, 1, 3), np.float32)
    spread = np.float32([0.3, -0.2])
    expected = np.tile(np.concatenate([[0.1, 0.2], spread, np.log([0.2, 0.3, 0.5])]), (2, 1, 1))
    limits = np.log([LEAST_DEVIATION, MOST_DEVIATION])
    deviation = np.exp(limits[0] + np.ptp(limits) / (1 + np.exp(-spread)))

    nats = np.asarray(CellNats(2, (3,), 1)([expected.astype(np.float32), hidden, NUMBERS, CODES]))

    np.testing.assert_allclose(nats[:, :2], -norm.logpdf(NUMBERS, [0.1, 0.2], deviation), rtol=1e-4)
    np.testing.assert_allclose(nats[:, 2], -np.log([0.5, 0.2]), rtol=1e-4)


def test_training_counts_what_it_hides_as_if_it_were_all() -> None:
    layer, expected = CellNats(2, (), 4), np.zeros((2, 1, 4), np.float32)
    hidden = np.tile(np.float32([1, 0]), (2, 1, 1))

    once, counted = (
        np.asarray(layer([expected, hidden, NUMBERS], training=flag)) for flag in (False, True)
    )

    np.testing.assert_allclose(counted, 4 * once)
    assert (once[:, 1] == 0).all()
