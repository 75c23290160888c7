"""Users as what they have dealt with: what is hidden and asked for, and how candidates are corrected."""

from __future__ import annotations

import numpy as np
import pytest

from automl.models.layers.retrieval import (
    AtLast,
    DrawnItems,
    HiddenItems,
    ItemSoftmax,
    ItemVectors,
    LatestItems,
)

RANDOM = np.random.default_rng(0)


def test_the_latest_items_are_kept_and_unknown_ones_are_none():
    numbers = np.array([[1, 9, 3, 4, 0, 0], [2, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]], np.int32)

    latest = np.asarray(LatestItems(3, items=5)(numbers[:, :, None]))

    assert latest.tolist() == [[0, 3, 4], [2, 0, 0], [0, 0, 0]]


def test_what_is_asked_for_is_hidden_in_training_and_nothing_is_afterwards():
    every = RANDOM.permuted(np.tile(np.arange(1, 13, dtype=np.int32), (50, 1)), axis=1)
    numbers = np.where(np.arange(12) < 9, every, 0).astype(np.int32)
    layer = HiddenItems(asked=4, left_out=0.3, seed=0)

    left, asked = map(np.asarray, layer(numbers, training=True))
    whole, nothing = map(np.asarray, layer(numbers, training=False))

    for row, kept, wanted in zip(numbers, left, asked, strict=True):
        assert set(wanted) <= set(row) - set(kept) - {0}
    assert (left > 0).sum() == pytest.approx(0.7 * 450, rel=0.1)
    np.testing.assert_array_equal(whole, numbers)
    assert not nothing.any()


def test_one_item_at_least_is_asked_for_where_there_is_one():
    numbers = np.array([[7, 0, 0], [0, 0, 0]], np.int32)

    _, asked = HiddenItems(asked=2, left_out=1e-9, seed=0)(numbers, training=True)

    assert np.asarray(asked).tolist() == [[7, 7], [0, 0]]


def test_all_items_of_some_users_are_hidden():
    numbers = np.tile(np.arange(1, 31, dtype=np.int32), (400, 1))

    left, _ = HiddenItems(asked=1, left_out=0.1, cold=0.25, seed=0)(numbers, training=True)

    assert (~np.asarray(left).any(axis=1)).mean() == pytest.approx(0.25, abs=0.05)


def test_what_is_known_of_items_adds_to_their_vectors():
    layer = ItemVectors(3, 2, sizes=(3, 2), codes=(1, 0, 2, 1, 0, 0))
    vectors = np.asarray(layer(np.array([[0, 1, 2, 3]], np.int32)))[0]
    table, features = (np.asarray(weight) for weight in layer.weights)

    assert vectors[0].tolist() == [0, 0]
    np.testing.assert_allclose(vectors[1], table[1] + features[1], rtol=1e-6)
    np.testing.assert_allclose(vectors[2], table[2] + features[2] + features[3 + 1], rtol=1e-6)
    np.testing.assert_allclose(vectors[3], table[3], rtol=1e-6)


def test_candidates_as_frequent_as_in_the_data_give_the_loss_over_all_items():
    counts = RANDOM.integers(1, 9, 40)
    table = RANDOM.normal(size=(41, 3)).astype(np.float32)
    users, asked = RANDOM.normal(size=(5, 3)).astype(np.float32), RANDOM.integers(1, 41, (5, 2))
    every = np.arange(1, 41)[None]
    drawn = np.repeat(every, counts, axis=1)

    def loss(numbers: np.ndarray, counted: list[int]) -> np.ndarray:
        return np.asarray(ItemSoftmax(counted)([users, table[asked], asked, table[numbers], numbers]))[:, 0]

    # a score is less the logarithm of a share, and the sum over draws as many times that over all items
    estimated = loss(drawn, counts.tolist()) - np.log(counts[asked - 1]).mean(axis=1)
    np.testing.assert_allclose(estimated, loss(every, []), rtol=1e-4)


def test_nothing_asked_costs_nothing():
    zeros, vectors = np.zeros((2, 3), np.int32), np.ones((2, 3, 4), np.float32)

    loss = ItemSoftmax((3, 2))([np.ones((2, 4), np.float32), vectors, zeros, vectors, zeros])

    assert np.asarray(loss).tolist() == [[0.0], [0.0]]


def test_items_are_drawn_as_often_as_users_of_a_batch_have_dealt_with_them():
    numbers = np.array([[3, 1, 0, 0], [1, 2, 1, 0], [0, 0, 0, 0]], np.int32)

    drawn = np.asarray(DrawnItems(5000, seed=0)(numbers, training=True))

    assert drawn.shape == (1, 5000)
    assert np.bincount(drawn[0]) / 5000 == pytest.approx([0.0, 0.6, 0.2, 0.2], abs=0.03)
    assert not np.asarray(DrawnItems(4)(numbers)).any()
    assert not np.asarray(DrawnItems(4)(numbers[2:], training=True)).any()


def test_what_is_held_of_the_last_item_stands_for_a_user():
    vectors = np.arange(24, dtype=np.float32).reshape(3, 4, 2)
    numbers = np.array([[3, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]], np.int32)

    last = np.asarray(AtLast()([vectors, numbers]))

    assert last.tolist() == [[2, 3], [12, 13], [0, 0]]


def test_an_item_competes_with_candidates_that_need_not_hold_it():
    users, vectors = np.zeros((1, 2, 3), np.float32), np.zeros((1, 2, 3), np.float32)
    numbers, drawn = np.array([[1, 2]], np.int32), np.array([[3, 3, 4]], np.int32)
    others = np.zeros((1, 3, 3), np.float32)

    loss = ItemSoftmax(added=True)([users, vectors, numbers, others, drawn])

    assert np.asarray(loss)[0, 0] == pytest.approx(np.log(4))
