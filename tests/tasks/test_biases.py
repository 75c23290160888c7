"""Biases of users and items."""

from __future__ import annotations

import numpy as np
import pytest

from automl.tasks.biases import ITEM_DAMPING, bias_of, biases


def test_additive_ratings_are_found_where_there_are_many_of_each():
    random = np.random.default_rng(0)
    users, items = np.meshgrid(np.arange(1, 401), np.arange(1, 301), indexing="ij")
    of_users, of_items = random.normal(0, 1, 401), random.normal(0, 1, 301)
    values = of_users[users] + of_items[items]

    found, told = biases(users.ravel(), items.ravel(), (values - values.mean()).ravel())

    answers = bias_of(found, users) + bias_of(told, items) + values.mean()
    assert np.abs(answers - values).max() < 0.4
    assert np.corrcoef(answers.ravel(), values.ravel())[0, 1] > 0.999


def test_few_ratings_are_drawn_to_zero_and_none_are_zero():
    _, of_items = biases(np.array([1]), np.array([2]), np.array([3.0]))

    assert of_items[1] == 0
    assert 0 < of_items[2] <= 3 / (1 + ITEM_DAMPING) + 1e-9
    assert bias_of(of_items, np.array([7, 2])).tolist() == [0, pytest.approx(of_items[2])]
