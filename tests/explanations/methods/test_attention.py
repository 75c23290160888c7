"""Attention over a pair: shares of each word add up, and belong to the words that were read."""

from __future__ import annotations

import numpy as np
import pytest

from automl.explanations.methods.attention import explain
from tests.explanations.subjects import pair_subject, pairs


@pytest.fixture(scope="module")
def found():
    return explain(pair_subject())


def test_the_shares_of_each_word_add_up_to_one(found):
    for item in found.values["rows"]:
        assert np.sum(item["shares"], axis=1) == pytest.approx(1.0, abs=0.01)


def test_rows_and_columns_are_the_words_of_both_texts(found):
    table = pairs()
    for item, figure in zip(found.values["rows"], found.figures, strict=True):
        first, second = (table[name][item["row"]].split() for name in ("sentence1", "sentence2"))
        assert item["words"] == [first, second]
        assert (list(figure.rows), list(figure.columns)) == (first, second)
        assert (figure.row_label, figure.column_label) == ("sentence1", "sentence2")
