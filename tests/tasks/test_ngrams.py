"""Witten-Bell n-grams against the formula written out, and as a distribution."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from automl.tasks.ngrams import witten_bell

SIZE = 6


def by_hand(text, context, token, size):
    """The recursion, for one token."""
    chance = 1 / size
    for length in range(len(context) + 1):
        after = defaultdict(Counter)
        for at in range(length, len(text)):
            after[tuple(text[at - length : at])][text[at]] += 1
        seen = after[tuple(context[len(context) - length :])]
        if seen:
            chance = (seen[token] + len(seen) * chance) / (sum(seen.values()) + len(seen))
    return chance


def test_it_is_the_formula():
    random = np.random.default_rng(0)
    text, windows = random.integers(2, SIZE, 300), random.integers(2, SIZE, (3, 8))

    nats = witten_bell(text, SIZE, windows, order=3)

    for row in range(3):
        for at in range(1, 8):
            context = windows[row, max(0, at - 2) : at].tolist()
            chance = by_hand(text.tolist(), context, windows[row, at], SIZE)
            assert nats[row, at - 1] == pytest.approx(-np.log(chance), rel=1e-12)


def test_the_chances_of_all_tokens_sum_to_one():
    random = np.random.default_rng(1)
    text = random.integers(0, SIZE, 200)
    windows = np.array([[3, 1, 4, 2, token] for token in range(1, SIZE)])

    rest = np.exp(-witten_bell(text, SIZE, windows)[:, -1]).sum()

    padding = by_hand(text.tolist(), [3, 1, 4, 2], 0, SIZE)
    assert rest + padding == pytest.approx(1.0, rel=1e-12)


def test_padding_is_no_surprise_and_short_texts_have_short_contexts():
    nats = witten_bell(np.array([2, 3, 2]), SIZE, np.array([[2, 3, 0, 0]]))

    assert nats[0, 1:].tolist() == [0.0, 0.0]
    assert nats[0, 0] > 0
