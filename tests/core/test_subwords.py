"""Byte-pair encoding by hand: words, merges, tokens, and the text again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.core.subwords import (
    BYTES,
    encode,
    first_merges,
    pieces_of,
    ranks_of,
    word_starts,
    words_of,
)
from automl.core.tokens import DOCUMENT_END, FIRST, Tokens

L, OH, W, E, R = b"lower"
LO, LOW, ER = BYTES, BYTES + 1, BYTES + 2
MERGES = ((L, OH), (LO, W), (E, R), (LOW, ER))
"""Of the example of Sennrich et al., 2016: ``lo``, ``low``, ``er``, ``lower``."""


def test_pairs_are_merged_in_the_order_in_which_they_were_learned():
    assert encode(b"lower", ranks_of(MERGES)) == [BYTES + 3]
    assert encode(b"lo", ranks_of(MERGES)) == [LO]
    assert encode(b"slower", ranks_of(MERGES)) == [b"s"[0], BYTES + 3]
    assert encode(b"ower", ranks_of(MERGES)) == [OH, W, ER]


def test_of_equal_pairs_the_first_one_is_merged():
    assert encode(b"aaa", ranks_of(((97, 97),))) == [BYTES, 97]
    assert encode(b"aaaa", ranks_of(((97, 97), (BYTES, BYTES)))) == [BYTES + 1]


def test_merges_that_make_the_same_make_one_token():
    merges = ((97, 98), (98, 99), (BYTES, 99), (97, BYTES + 1))

    assert pieces_of(merges).pieces[BYTES:] == (b"ab", b"bc", b"abc")
    assert pieces_of(merges).made == (BYTES, BYTES + 1, BYTES + 2, BYTES + 2)
    assert first_merges(merges, BYTES + 2) == merges[:2]
    assert first_merges(merges, BYTES + 9) == merges


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("To be, or not!", ["To", " be", ",", " or", " not", "!"]),
        ("a  b\n\nc", ["a", "  b", "\n\n", "c"]),
        ("x1 22%", ["x", "1", " 22", "%"]),
        ("\n a", ["\n a"]),
        (f"end{DOCUMENT_END}{DOCUMENT_END}So", ["end", DOCUMENT_END, DOCUMENT_END, "So"]),
        ("東京は夜", ["東京は夜"]),
        ("", []),
    ],
)
def test_a_blank_belongs_to_what_follows_it(text, words):
    assert words_of(text.encode()) == [word.encode() for word in words]
    assert word_starts(text.encode()).sum() == len(words)


@settings(max_examples=50, deadline=None)
@given(
    st.text(alphabet="ab é東\n\x03\U0001f600\ud800 1.", max_size=20),
    st.lists(st.tuples(st.integers(0, 259), st.integers(0, 259)), max_size=4),
)
def test_every_text_comes_back_from_its_tokens(text, pairs):
    merges = tuple(pair for place, pair in enumerate(pairs) if max(pair) < BYTES + min(place, 1))
    content = text.encode("utf-8", "replace")

    assert b"".join(words_of(content)) == content
    assert (
        b"".join(pieces_of(merges).pieces[token] for token in encode(content, ranks_of(merges))) == content
    )


def test_tokens_of_sub_words_are_ids_behind_padding_and_unknown():
    tokens = Tokens(unit="subword", merges=MERGES)

    assert tokens.size == FIRST + BYTES + 4
    assert tokens.encode("lower é").tolist()[0] == FIRST + BYTES + 3
    assert tokens.decode(tokens.encode("lower é lo\n")) == "lower é lo\n"
    assert tokens.unknown("日本") == ""


def test_the_first_byte_of_a_window_is_a_token_by_itself():
    tokens = Tokens(unit="subword", merges=MERGES)

    assert tokens.encode_window(b"lower").tolist() == [L + FIRST, OH + FIRST, W + FIRST, ER + FIRST]
    assert len(tokens.encode_window(b"")) == 0


def test_sub_words_are_shown_once_their_last_character_is_whole():
    first, second = "é".encode()
    tokens = Tokens(unit="subword", merges=((97, first),))
    show = tokens.shower()

    assert [show(item) for item in (FIRST + BYTES, FIRST + second)] == ["a", "é"]
