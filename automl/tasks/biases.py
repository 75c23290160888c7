"""What users and items deviate from the mean rating by: the simple rule that rating predictors must beat.

``rating = mean + bias of the user + bias of the item``, each bias a mean of what is left, drawn towards 0
where there are few ratings (Koren, Bell and Volinsky, 2009).

n  ratings
"""

from __future__ import annotations

import numpy as np

ROUNDS = 10
"""Users and items in turn so often: further rounds change nothing that shows."""

USER_DAMPING, ITEM_DAMPING = 15.0, 10.0
"""Ratings of 0 deviation that each user and each item is given, as in Surprise (Hug, 2020)."""


def biases(users: np.ndarray, items: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the bias of each user and of each item, by number; those of no rating are 0.

    Args:
        users: numbers ``(n,)``.
        items: numbers ``(n,)``.
        values: ratings ``(n,)``, of mean 0.
    """
    of_users, of_items = np.zeros(int(users.max()) + 1), np.zeros(int(items.max()) + 1)
    for _ in range(ROUNDS):
        of_items = _means(items, values - of_users[users], len(of_items), ITEM_DAMPING)
        of_users = _means(users, values - of_items[items], len(of_users), USER_DAMPING)
    return of_users, of_items


def bias_of(biases_by_number: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return biases by number, 0 for what was not there when they were learned."""
    known = numbers < len(biases_by_number)
    return np.where(known, biases_by_number[np.where(known, numbers, 0)], 0.0)


def _means(groups: np.ndarray, values: np.ndarray, count: int, damping: float) -> np.ndarray:
    sums = np.bincount(groups, values, count)
    return np.asarray(sums / (np.bincount(groups, minlength=count) + damping))
