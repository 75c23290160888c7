"""What a quick model sees of texts."""

from __future__ import annotations

import numpy as np

from automl.data.audit.features import TOPICS, features_of
from automl.data.modality import Examples

WORDS = [f"word{number}" for number in range(40)]


def texts(words: list[str], count: int = 200) -> np.ndarray:
    random = np.random.default_rng(0)
    return np.array([" ".join(random.choice(words, 6)) for _ in range(count)], object)


def seen(column: np.ndarray) -> np.ndarray | None:
    return features_of(Examples(inputs={"text": column}), np.arange(len(column)))


def test_texts_of_few_words_have_a_direction_for_each_and_those_of_many_the_largest():
    few, many = seen(texts(WORDS)), seen(texts([f"word{number}" for number in range(900)]))

    assert few is not None
    assert few.shape == (200, len(WORDS))
    assert many is not None
    assert many.shape == (200, TOPICS)
    # all directions are kept, so texts are as far from each other as their weighed words are: of length 1
    assert np.allclose(np.linalg.norm(few, axis=1), 1.0, atol=1e-3)


def test_nothing_is_seen_of_texts_without_words():
    marks = np.array([f"{'!' * (1 + row % 7)} {'?' * (row % 50)} ..." for row in range(200)], object)

    assert seen(marks) is None
