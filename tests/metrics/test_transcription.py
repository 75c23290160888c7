"""Errors per word and per character, and the surprise of CTC."""

from __future__ import annotations

from itertools import groupby, product

import keras
import numpy as np
import pytest

from automl.metrics.transcription import HEARD, NatsScorer, TextScorer, ctc_nats, word_errors

RANDOM = np.random.default_rng(0)


def logs(*shape: int) -> np.ndarray:
    scores = RANDOM.normal(size=shape)
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


@pytest.mark.parametrize(
    ("truth", "found", "errors"),
    [
        ("one two three", "one two three", 0),
        ("one two three", "one too three", 1),
        ("one two three", "one three", 1),
        ("one two", "one and two", 1),
        ("one two", "", 2),
        ("", "one", 1),
        ("One", "one", 1),
    ],
)
def test_errors_between_words(truth: str, found: str, errors: int) -> None:
    assert word_errors(truth, found) == errors


def test_errors_are_added_up_before_they_are_divided() -> None:
    scorer = TextScorer()

    scorer.update(["a b c", ""], ["a b x", "y"])
    scorer.update(["d"], ["d"])

    assert scorer.result() == {"wer": 2 / 4, "cer": 2 / 6}
    assert all(value != value for value in TextScorer().result().values())


def test_the_surprise_is_that_of_all_ways_to_write_a_transcript() -> None:
    known = logs(1, 4, 3)
    for text in ([1], [1, 2], [1, 1], []):
        ways = (
            sum(known[0, step, one] for step, one in enumerate(way))
            for way in product(range(3), repeat=4)
            if [one for one, _ in groupby(way) if one] == text
        )
        ids = np.array([text + [0] * (2 - len(text))])

        found = ctc_nats(ids, known)

        np.testing.assert_allclose(found, -np.log(np.exp(list(ways)).sum()), rtol=1e-9)


def test_the_surprise_is_that_of_keras_loss() -> None:
    ids = np.array([[3, 1, 1, 2], [2, 0, 0, 0], [1, 2, 3, 0]], np.int32)
    known = logs(3, 12, 4).astype(np.float32)
    lengths, steps = (ids > 0).sum(axis=1).astype(np.int32), np.full(3, 12, np.int32)

    loss = keras.ops.ctc_loss(ids, known, lengths, steps, mask_index=0)

    np.testing.assert_allclose(ctc_nats(ids, known), keras.ops.convert_to_numpy(loss), rtol=1e-4)


def test_a_strange_character_is_as_unlikely_as_can_be() -> None:
    known = logs(1, 5, 4)

    strange = ctc_nats(np.array([[1, 4]]), known)

    assert np.isfinite(strange).all()
    assert strange > ctc_nats(np.array([[1, 2]]), known)


def test_the_surprise_of_the_first_clips_is_measured_in_any_batches() -> None:
    ids = RANDOM.integers(1, 3, (HEARD + 20, 2))
    known = logs(HEARD + 20, 4, 3)
    whole, parts = NatsScorer(), NatsScorer()

    whole.update(ids, known)
    for first in range(0, len(ids), 50):
        parts.update(ids[first : first + 50], known[first : first + 50])

    assert parts.result()["ctc_nats"] == pytest.approx(whole.result()["ctc_nats"], rel=1e-12)
    expected = ctc_nats(ids[:HEARD], known[:HEARD]).sum() / (2 * HEARD)
    assert whole.result()["ctc_nats"] == pytest.approx(expected)
