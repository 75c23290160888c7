"""Characters and bytes as whole numbers, and back."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.tokens import FIRST, PADDING, UNKNOWN, Tokens, begins_character

TEXT = "naïve 日本\n\U0001f600!"


@pytest.mark.parametrize("unit", ["character", "byte"])
def test_a_text_comes_back_from_its_ids(unit):
    tokens = Tokens(unit=unit, known="".join(sorted(set(TEXT))) if unit == "character" else "")

    ids = tokens.encode(TEXT)

    assert ids.dtype == np.int32
    assert ids.min() >= FIRST
    assert ids.max() < tokens.size
    assert tokens.decode([*ids, PADDING]) == TEXT


def test_a_stretch_of_bytes_has_the_ids_of_its_place():
    tokens, content = Tokens(unit="byte"), TEXT.encode()

    np.testing.assert_array_equal(tokens.encode(content[3:9]), tokens.encode(TEXT)[3:9])


def test_characters_that_training_did_not_have_are_unknown_and_told():
    tokens = Tokens(unit="character", known="abc")

    assert tokens.encode("aXc").tolist() == [FIRST, UNKNOWN, FIRST + 2]
    assert tokens.unknown("aXcYX") == "XY"
    assert Tokens(unit="byte").unknown("aXc") == ""


def test_bytes_are_shown_once_their_character_is_whole():
    show = Tokens(unit="byte").shower()

    pieces = [show(item) for item in Tokens(unit="byte").encode("é!")]

    assert pieces == ["", "é", "!"]


def test_the_first_byte_of_each_character_begins_it():
    assert begins_character(TEXT.encode()).sum() == len(TEXT)
