"""Scores of language models, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from automl.metrics.language import LanguageScorer


def score(y, p):
    scorer = LanguageScorer()
    for row in range(len(y)):
        scorer.update(np.array(y[row : row + 1], np.float32), np.array(p[row : row + 1]))
    return scorer.result()


def test_only_tokens_that_count_are_scored():
    scores = score([[0, 3, 3], [1, 2, 2]], [[1.0, 2.0, 3.0], [9.0, 4.0, 5.0]])

    assert scores["nats_per_token"] == pytest.approx(15 / 5)
    assert scores["perplexity"] == pytest.approx(math.exp(3))
    assert scores["bits_per_character"] == pytest.approx(15 / math.log(2) / 5)


def test_bits_are_per_character_however_many_tokens_there_are():
    by_byte = score([[0, 4, 2]], [[1.0, 1.0, 1.0, 1.0]])
    by_character = score([[0, 2, 2]], [[2.0, 2.0, 0.0, 0.0]])

    assert by_byte["bits_per_character"] == by_character["bits_per_character"]
    assert by_byte["nats_per_token"] < by_character["nats_per_token"]


def test_tokens_whose_number_is_not_known_are_those_that_are_no_padding():
    nan = float("nan")

    scores = score([[0, nan, 6], [0, nan, 4]], [[1.0, 2.0, 0.0], [1e-30, 2.0, 3.0]])

    assert scores["nats_per_token"] == pytest.approx(8 / 5)
    assert scores["bits_per_character"] == pytest.approx(8 / math.log(2) / 10)


def test_nothing_heard_of_and_no_number_score_nan():
    assert all(value != value for value in LanguageScorer().result().values())
    assert all(value != value for value in score([[0, 1, 1]], [[float("nan")]]).values())
