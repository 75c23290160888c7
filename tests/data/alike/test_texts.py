"""The index of what texts share."""

from __future__ import annotations

import numpy as np

from automl.data.alike.texts import alike_texts, plain_texts
from tests.data.alike.test_sets import texts


def test_every_pair_above_the_threshold_is_found_and_none_below():
    written = texts(300, seed=2)
    near = [" ".join(text.split()[:-1]) for text in written[:100]]
    far = [" ".join(text.split()[:7]) for text in written[100:200]]

    pairs = alike_texts([*written, *near, *far])

    assert {tuple(pair) for pair in pairs.tolist()} == {(at, 300 + at) for at in range(100)}


def test_odd_characters_and_few_texts_are_no_trouble():
    assert alike_texts(["\ud800" * 30, "\U0001f600 " * 20]).shape == (0, 2)
    assert alike_texts([]).shape == (0, 2)
    assert plain_texts(["  A\tB ", ""]) == ["a b", ""]
    assert np.array_equal(alike_texts(["x" * 40, "x" * 41]), [[0, 1]])
