"""Inputs are taken apart by what they hold, and what is left without some pieces keeps its form."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data.raw_values import NO_DATE
from automl.explanations.pieces import (
    Clip,
    Pixels,
    Sound,
    Steps,
    Whole,
    Words,
    block_numbers,
    pieces_of,
    value_text,
)

RNG = np.random.default_rng(0)
INPUTS = {
    "age": np.array([1.0, np.nan, 3.0, 8.0]),
    "day": np.array([5, 6, 7, 8], np.int64),
    "town": np.array(["Married-civ-spouse", "Ulm", "Ulm", "Ulm"], object),
    "review": np.array(["a good film", "no plot at all", "what a bore it was", "fine by me"], object),
    "line": np.array(
        ["日本語の文章はこのように書かれている", "空白のない文字だけの長い文", "あ" * 20, "い" * 30], object
    ),
    "wave": RNG.normal(size=(4, 6, 2)),
    "photo": RNG.integers(0, 255, (4, 5, 7, 3)).astype(np.uint8),
    "sound": RNG.normal(size=(4, 100)).astype(np.float32),
    "vector": RNG.normal(size=(4, 3)).astype(np.float32),
    "clip": RNG.integers(0, 255, (4, 6, 5, 7, 3)).astype(np.uint8),
}
RATES = {"sound": 50}


def test_each_input_is_taken_apart_in_its_own_way():
    pieces = pieces_of(INPUTS, {"age": "Age in years"}, RATES)

    assert {name: type(item) for name, item in pieces.items()} == {
        **dict.fromkeys(("age", "day", "town", "vector"), Whole),
        **dict.fromkeys(("review", "line"), Words),
        "wave": Steps,
        "photo": Pixels,
        "sound": Sound,
        "clip": Clip,
    }
    assert pieces["age"].label == "Age in years"
    assert (pieces["age"].usual, pieces["town"].usual) == (3.0, "Ulm")
    assert pieces["day"].names(np.int64(86_400)) == ("1970-01-02",)
    assert pieces["day"].names(np.int64(NO_DATE)) == ("missing",)


@pytest.mark.parametrize("name", list(INPUTS))
def test_what_is_left_has_the_same_form(name):
    item, value = pieces_of(INPUTS, {}, RATES)[name], INPUTS[name][1]
    shape = item.shape(value)

    kept = item.without(value, np.zeros(shape, bool))
    bare = item.without(value, np.ones(shape, bool))

    np.testing.assert_array_equal(kept, value)
    assert item.shape(bare) == shape
    assert np.shape(bare) == np.shape(value)
    assert len(item.names(value)) in (0, *shape) or shape == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.float64(0.1 + 0.2), "0.3"),
        (np.float64("nan"), "(missing)"),
        (np.int64(86_400), "1970-01-02"),
        (np.int64(NO_DATE), "(missing)"),
        ("", "(missing)"),
        ("Ulm", "Ulm"),
    ],
)
def test_cells_are_told_as_users_know_them(value, text):
    assert value_text(value) == text


def test_a_word_that_is_gone_moves_no_other():
    words = pieces_of(INPUTS, {})["review"]
    text = INPUTS["review"][0]

    left = words.without(text, np.array([False, True, False]))

    assert left == "a ¤¤¤¤ film"
    assert words.names(text) == ("a", "good", "film")


def test_missing_steps_stay_missing():
    steps = Steps(label="wave", usual=np.array([1.0, 2.0]))
    value = np.array([[np.nan, 5.0], [6.0, 7.0]])

    np.testing.assert_array_equal(steps.without(value, np.ones((2, 2), bool)), [[np.nan, 2.0], [1.0, 2.0]])


@pytest.mark.parametrize(("shape", "count"), [((), 1), ((5,), 5), ((300,), 200)])
def test_blocks_of_words_are_few(shape, count):
    item = Words(label="t") if shape else Whole(label="t", usual=0)

    assert len(np.unique(block_numbers(item, shape))) == count


def test_blocks_of_a_picture_are_a_grid():
    numbers = block_numbers(Pixels(label="p", usual=np.zeros(3)), (16, 24))

    assert numbers.max() == 63
    assert (numbers[:2, :3] == 0).all()
    assert (np.bincount(numbers.reshape(-1)) == 6).all()
