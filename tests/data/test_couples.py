"""Which columns of texts are a pair: by their names, or by what they say."""

from __future__ import annotations

import pandas as pd
import pytest

from automl.data.couples import couple_by_name, couple_of, extends


@pytest.mark.parametrize(
    ("names", "couple"),
    [
        (["sentence_A", "sentence_B"], ("sentence_A", "sentence_B")),
        (["sentenceA", "sentenceB"], ("sentenceA", "sentenceB")),
        (["question1", "question2"], ("question1", "question2")),
        (["#1 String", "#2 String"], ("#1 String", "#2 String")),
        (["note", "premise", "hypothesis"], ("premise", "hypothesis")),
        (["Question", "Answer"], ("Question", "Answer")),
        (
            ["sentence1_parse", "sentence2_parse", "sentence1", "sentence2"],
            ("sentence1", "sentence2"),
        ),
        (["title", "review"], None),
        (["text1_en", "text2_de"], None),
        (["part 1", "part 3"], None),
        (["c0", "c1"], None),
    ],
)
def test_names_of_a_pair(names: list[str], couple: tuple[str, str] | None) -> None:
    assert couple_by_name(names) == couple


def test_texts_that_share_words_are_a_pair_without_names_that_say_so() -> None:
    texts = [f"word{row} stands with word{row + 7} and others" for row in range(20)]
    frame = pd.DataFrame({"c0": texts, "c1": [text.replace("stands", "lies") for text in texts]})

    assert couple_of(frame, ["c0", "c1"]) == ("c0", "c1")
    assert couple_of(frame.assign(c1=frame["c1"].to_numpy()[::-1]), ["c0", "c1"]) is None


def test_a_title_and_its_review_are_no_pair() -> None:
    titles = [f"on thing{row} again" for row in range(20)]
    frame = pd.DataFrame({"title": titles, "review": [" ".join([text, *"abcdefghij"]) for text in titles]})

    assert couple_of(frame, ["title", "review"]) is None


def test_texts_without_blanks_are_compared_by_characters() -> None:
    first = [chr(0x4E00 + row) * 3 + chr(0x5000 + row) + "人" for row in range(20)]
    frame = pd.DataFrame({"c0": first, "c1": [text[::-1] for text in first]})

    assert couple_of(frame, ["c0", "c1"]) == ("c0", "c1")


def test_a_column_may_be_another_form_of_a_text() -> None:
    assert extends("sentence1_parse", ("sentence1", "sentence2"))
    assert not extends("sentence1", ("sentence1", "sentence2"))
    assert not extends("topic", ("sentence1", "sentence2"))
