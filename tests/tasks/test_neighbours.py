"""Items like those that a user has dealt with, whatever memory there is to compare them in."""

from __future__ import annotations

import numpy as np
import pytest

from automl.tasks import neighbours
from automl.tasks.neighbours import neighbour_scores

RANDOM = np.random.default_rng(0)
ITEMS = 30
DEALT = np.where(RANDOM.random((80, 9)) < 0.7, RANDOM.integers(1, ITEMS + 2, (80, 9)), 0)


@pytest.mark.parametrize("block", [1, 7 * ITEMS, 10**6])
@pytest.mark.parametrize("count", [4, ITEMS])
def test_scores_add_up_the_cosines_of_the_nearest_of_each_given_item(block, count, monkeypatch):
    monkeypatch.setattr(neighbours, "BLOCK_VALUES", block)
    sets = np.array([[item in row for item in range(1, ITEMS + 1)] for row in DEALT.tolist()], float)
    lengths = np.sqrt(sets.sum(axis=0))
    cosines = sets.T @ sets / lengths[:, None] / lengths
    np.fill_diagonal(cosines, 0.0)
    if count < ITEMS:
        cosines[cosines < np.sort(cosines, axis=1)[:, -count][:, None]] = 0.0

    scores = neighbour_scores(DEALT, DEALT[:5], ITEMS, count)

    np.testing.assert_allclose(scores, sets[:5] @ cosines, rtol=1e-5)


def test_of_too_many_items_none_are_compared():
    assert neighbour_scores(DEALT, DEALT, neighbours.MOST_ITEMS + 1, 4) is None
