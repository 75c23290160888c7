"""Sub-words: learned from a text, the same each time, and merged alike in Python and within a model."""

from __future__ import annotations

from itertools import pairwise

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.core.subwords import BYTES, encode, pieces_of, ranks_of, words_of
from automl.core.tokens import Tokens
from automl.data.preprocessing.language import LastBytes
from automl.data.preprocessing.merge_bytes import MergeBytes
from automl.data.preprocessing.merges import learn_merges

pytest.importorskip("tokenizers")

ENGLISH = "the lower the lowest, the newer the newest of the wider rivers; the end\n" * 9
JAPANESE = "東京は夜の七時。京都は朝の七時。東京の夜は長い。" * 9
BOTH = (ENGLISH + JAPANESE).encode()


def counted(content, merges):
    """How often each pair of neighbours occurs within words."""
    pairs, ranks = {}, ranks_of(merges)
    for word in words_of(content):
        tokens = encode(word, ranks)
        for pair in pairwise(tokens):
            pairs[pair] = pairs.get(pair, 0) + 1
    return pairs


def test_each_merge_is_of_the_most_frequent_pair():
    content = ENGLISH.encode()
    merges = learn_merges(content, 12)

    for place, pair in enumerate(merges):
        pairs = counted(content, merges[:place])
        assert pairs[pair] == max(pairs.values())


def test_the_same_text_gives_the_same_merges():
    first = learn_merges(BOTH, 60)
    learn_merges.cache_clear()

    assert learn_merges(BOTH, 60) == first
    assert learn_merges(BOTH, 30) == first[:30]
    assert len(set(first)) == 60


def test_a_short_text_has_fewer_merges_and_an_empty_one_none():
    assert len(learn_merges(b"the cat the cat", 500)) == 5
    assert learn_merges(b"ab", 500) == ()
    assert learn_merges(b"", 500) == ()


def test_a_language_without_blanks_has_sub_words():
    pieces = [
        piece.decode("utf-8", "ignore") for piece in pieces_of(learn_merges(BOTH, 200)).pieces[BYTES:]
    ]

    assert {"東京", " the"} <= set(pieces)


def in_model(merges, texts, length=24):
    ids = MergeBytes(merges)(LastBytes(length)(np.array(texts, object)))
    return keras.ops.convert_to_numpy(ids)[:, :, 0]


def by_hand(merges, texts, length=24):
    tokens = Tokens(unit="subword", merges=merges)
    rows = np.zeros((len(texts), length), int)
    for row, text in enumerate(texts):
        ids = tokens.encode_window(text.encode("utf-8", "replace")[-length:])
        rows[row, : len(ids)] = ids
    return rows


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(alphabet="thelowrn s,東京の\n", max_size=30), min_size=1, max_size=3))
def test_a_model_merges_as_python_does(texts):
    merges = learn_merges(BOTH, 80)

    np.testing.assert_array_equal(in_model(merges, texts), by_hand(merges, texts))


def test_a_model_merges_long_words_short_texts_and_nothing():
    merges = learn_merges(BOTH, 80)
    texts = ["", "t", "the", JAPANESE[:8], "aaaaaaaaaaaaaaaaaaaaaaa", "the lowest of the end"]

    np.testing.assert_array_equal(in_model(merges, texts), by_hand(merges, texts))
    np.testing.assert_array_equal(in_model((), texts), by_hand((), texts))


def test_the_layer_holds_its_merges():
    layer = MergeBytes(learn_merges(BOTH, 20), name="merges")

    again = MergeBytes.from_config(layer.get_config())

    assert again.merges == layer.merges == learn_merges(BOTH, 20)
