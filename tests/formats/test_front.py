"""Words become the numbers that the layers of the model would give, with NumPy alone."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.data.preprocessing.language import LastBytes, LastTokens
from automl.data.preprocessing.merge_bytes import MergeBytes
from automl.data.preprocessing.tabular_layers import DateParts
from automl.data.raw_values import NO_DATE
from automl.formats import front
from automl.formats.cut import core_form
from automl.formats.front import core_inputs, read_description
from tests.formats.subjects import ROWS, subject


def of_layer(texts, **options):
    layer = keras.layers.TextVectorization(vocabulary=["a", "b", "a b", "good", "ä"], **options)
    return np.asarray(layer(np.array(texts, object)))


def of_front(texts, *, clean=True, split="whitespace", ngrams=(), length=5):
    how = {"kind": "words", "clean": clean, "split": split, "ngrams": list(ngrams), "length": length}
    how["vocabulary"] = ["a", "b", "a b", "good", "ä"]
    return made(how, {"text": texts})


def made(front, rows, shape=(None,), dtype="int64"):
    item = {"name": "x", "made_of": list(rows), "dtype": dtype, "front": front, "shape": [None, *shape]}
    return core_inputs({"inputs": [item]}, rows)["x"]


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the layer works on TensorFlow")
@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(alphabet="aAbÄä ,.\t!é–", max_size=12), min_size=1, max_size=4))
def test_terms_are_those_of_the_layer(texts):
    assert (of_front(texts) == of_layer(texts, output_sequence_length=5)).all()
    both = {"ngrams": (1, 2), "length": 6}
    layer = of_layer(texts, output_sequence_length=6, ngrams=(1, 2), split="character")
    assert (of_front(texts, split="character", **both) == layer).all()


def test_without_a_length_the_longest_text_decides():
    assert of_front(["a b good", "b"], length=None).tolist() == [[2, 3, 5], [3, 0, 0]]
    assert of_front(["", ""], length=None).shape == (2, 0)


def test_the_last_bytes_of_a_text_are_those_of_the_layer():
    texts = ["abc", "", "ä\n", b"\xff\xfe123"]
    layer = LastBytes(4)
    ids = keras.ops.convert_to_numpy(LastTokens(4)(layer(np.array(texts, object))))

    assert (made(layer.front(), {"text": texts}, (4, 1)) == ids).all()


def test_parts_of_words_are_those_of_the_layer():
    merges = ((116, 104), (256, 101), (32, 257), (101, 32), (227, 129))
    texts = ["the the", "", "  the\nthe", b"\xff\xfethe", "のの the", "a\x03\x03the"]
    read, merge = LastBytes(12), MergeBytes(merges)

    front = {**read.front(), **merge.front(), "kind": read.front()["kind"]}

    ids = keras.ops.convert_to_numpy(merge(read(np.array(texts, object))))
    assert (made(front, {"text": texts}, (12, 1)) == ids).all()
    assert (ids == 257 + 2).any()


def test_the_last_words_are_kept_where_a_layer_keeps_them():
    words = {"kind": "words", "clean": False, "split": "whitespace", "ngrams": [], "vocabulary": ["a", "b"]}

    found = made({**words, "length": 2, "keep": "last"}, {"items": ["a b b", "b", ""]}, (2, 1))

    assert found[:, :, 0].tolist() == [[3, 3], [3, 0], [0, 0]]


def test_parts_of_dates_are_those_of_the_layer():
    days = np.array(["1969-12-31T23:59:59", "2000-02-29", "NaT", "2024-12-31T13:00"], "datetime64[s]")
    seconds = days.astype(np.int64)
    layer = DateParts()
    numbers, codes = (np.asarray(part) for part in layer(np.stack([seconds, seconds + 86_400], axis=1)))
    rows = {"from": days, "to": np.where(seconds == NO_DATE, NO_DATE, seconds + 86_400)}
    numbers[2], codes[2] = np.nan, 0  # the layer was given a day behind none

    front = {"kind": "dates"}
    np.testing.assert_array_equal(made({**front, "part": "numbers"}, rows, (6,), "float32"), numbers)
    np.testing.assert_array_equal(made({**front, "part": "codes"}, rows, (6,)), codes)


def test_words_are_looked_up_in_their_own_column_and_numbers_pass(tmp_path):
    description = {"inputs": [item.plain() for item in core_form(subject(tmp_path), wide=True).inputs]}

    made = core_inputs(description, ROWS)

    assert made["table__lookup"].tolist() == [[1, 2], [0, 1], [0, 0], [2, 0]]
    assert made["age"].dtype == np.float64
    assert np.isnan(made["age"][1])
    assert made["words"][0].tolist() == [2, 2, 3, 1, 1, 0]


def test_a_copy_needs_numpy_only_and_reads_the_file_beside_a_model(tmp_path):
    (tmp_path / "model.json").write_text(json.dumps({"inputs": []}), encoding="utf-8")
    tree = ast.parse(Path(front.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}

    assert read_description(tmp_path / "model.json") == {"inputs": []}
    assert modules <= {"__future__", "collections.abc", "json", "numpy", "pathlib", "re", "typing"}
