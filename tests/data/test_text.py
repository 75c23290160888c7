"""Texts: reading, inference of task and columns, preprocessing, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.modalities.text import TEXT
from automl.data.modality import Dataset, Preprocessing, ReadOptions
from automl.data.preprocessing.text import MAX_TOKENS
from automl.data.source import open_source

GOOD = ["a very good film", "good and funny", "really good acting", "I liked it, good!"]
BAD = ["a very bad film", "bad and boring", "really bad acting", "I hated it, bad!"]
TEXTS = GOOD + BAD
LABELS = ["yes"] * 4 + ["no"] * 4


def read(data: object, *target: str, **options: Any) -> Dataset:
    return TEXT.read(open_source(data), ReadOptions(target=target, **options))


def fitted(texts: list[str] = TEXTS, labels: list[Any] = LABELS) -> tuple[Dataset, Preprocessing]:
    dataset = read((texts, np.array(labels)))
    return dataset, TEXT.fit(dataset, np.arange(len(dataset.examples)), seed=0)


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"review": TEXTS, "label": LABELS, **columns})


def test_a_table_without_header_has_text_and_target_by_position(tmp_path: Path) -> None:
    path = tmp_path / "train.tsv"
    path.write_text(
        "".join(f"{text}\t{int(label == 'yes')}\n" for text, label in zip(TEXTS, LABELS, strict=True))
    )

    dataset = read(path, "c1", header=False)

    assert (dataset.task, dataset.columns) == ("binary", ("c0",))
    assert dataset.examples.inputs["text"].tolist() == TEXTS
    assert dataset.examples.targets is not None
    assert dataset.examples.targets["target"].tolist() == ["1"] * 4 + ["0"] * 4
    assert dataset.examples.keys["row"].tolist() == list(range(8))


def test_columns_of_texts_are_kept_and_dropped() -> None:
    made = frame(title=["short"] * 8, comment=[f"{text} indeed" for text in TEXTS])

    kept = read(made, "label", keep=("title",), drop=("comment",))

    assert kept.columns == ("review", "title")
    assert read(made, "label").columns == ("review", "comment")


def test_arrays_need_no_target_name() -> None:
    dataset = read((TEXTS, LABELS))

    assert (dataset.task, dataset.target_names) == ("binary", ("target",))


@pytest.mark.parametrize(
    ("target", "task"),
    [
        (["yes", "no"] * 4, "binary"),
        (["a", "b", "c", "a"] * 2, "multiclass"),
        ([True, False] * 4, "binary"),
        ([0.5, 1.25, 3.5, 2.0] * 2, "regression"),
    ],
)
def test_the_target_tells_the_task(target: list[Any], task: str) -> None:
    assert read(frame(label=target), "label").task == task


def test_free_text_columns_are_joined_and_others_left_aside() -> None:
    table = frame(summary=[f"{text} in short" for text in TEXTS], stars=range(8), city=["Rome", "Oslo"] * 4)

    dataset = read(table, "label")

    assert dataset.columns == ("review", "summary")
    assert dataset.examples.inputs["text"][0] == f"{TEXTS[0]} {TEXTS[0]} in short"
    assert "ignored" in dataset.notes[0]
    assert "'stars'" in dataset.notes[0]


def test_missing_targets_are_dropped_and_empty_texts_are_kept_and_both_are_counted() -> None:
    table = frame()
    table.loc[0, "label"] = None
    table.loc[1, "review"] = None

    dataset = read(table, "label")

    assert len(dataset.examples) == 7
    assert dataset.examples.inputs["text"][0] == ""
    assert any("1 of 8 rows have no target" in note for note in dataset.notes)
    assert any("1 of 8 texts are empty" in note for note in dataset.notes)


@pytest.mark.parametrize(
    ("table", "target", "message"),
    [
        (frame(), "lable", "Did you mean 'label'"),
        (frame(review=[""] * 8), "label", "empty in all 8 rows"),
        (frame(review=["?!", "..."] * 4), "label", "empty in all 8 rows"),
        (frame(label=["yes"] * 8), "label", "only one class"),
        (frame(label=[None] * 8), "label", "no row has a target"),
        (frame()[["label"]], "label", "no column besides the target"),
        (frame(review=["x", "y"] * 4, stars=range(8)), "label", "looks like free text"),
    ],
)
def test_refusals(table: pd.DataFrame, target: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(table, target)


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "empty"), ("review\tlabel\n", "only a header"), ("review\treview\na b c\t1\n", "more than one")],
)
def test_files_without_a_proper_table_are_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "train.tsv"
    path.write_text(content)

    with pytest.raises(DataError, match=message):
        read(path, "label")


def test_latin_1_is_guessed_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / "train.tsv"
    rows = "".join(f"Le café était très agréable, déjà vu à la fête {n}\tj{n % 2}\n" for n in range(40))
    path.write_bytes(f"review\tlabel\n{rows}".encode("latin-1"))

    dataset = read(path, "label")

    assert "café" in dataset.examples.inputs["text"][0]
    assert "not UTF-8" in dataset.notes[0]


@pytest.mark.parametrize("texts", [np.ones((3, 2)), np.array([1.0, 2.0]), []])
def test_arrays_that_are_no_texts_are_refused(texts: Any) -> None:
    with pytest.raises(DataError, match=r"texts|list or array of str"):
        read((texts, ["a"] * len(texts)))


def test_as_many_targets_as_texts_are_expected() -> None:
    with pytest.raises(DataError, match="8 rows and targets 3"):
        read((TEXTS, ["a", "b", "c"]))


def test_another_file_may_order_its_columns_otherwise_and_have_more() -> None:
    schema = read(frame(), "label").schema
    other = pd.DataFrame({"extra": [1, 2], "label": ["no", None], "review": ["bad film", "good film"]})

    examples, notes = TEXT.read_again(open_source(other), schema, targets=True)
    unlabelled, _ = TEXT.read_again(open_source(other), schema, targets=False)

    assert examples.inputs["text"].tolist() == ["bad film"]
    assert unlabelled.inputs["text"].tolist() == ["bad film", "good film"]
    assert unlabelled.targets is None
    assert any("'extra'" in note for note in notes)


def test_another_file_without_the_text_column_is_refused() -> None:
    schema = read(frame(), "label").schema

    with pytest.raises(DataError, match="is missing columns that the model was trained on: 'review'"):
        TEXT.read_again(open_source(pd.DataFrame({"text": TEXTS})), schema, targets=False)


def test_tokens_are_words_in_order_with_padding_and_unknown() -> None:
    dataset, preprocessing = fitted()

    tokens = preprocessing.transform(dataset.examples)["tokens"]

    bad, film = tokens[4][2:4]
    unseen = read((["film BAD, zebra", "x y"], ["no", "yes"])).examples
    assert preprocessing.transform(unseen)["tokens"][0].tolist() == [film, bad, 1, 0]


def test_specs_tell_shape_type_and_size_of_what_transform_gives() -> None:
    dataset, preprocessing = fitted()

    tensors = preprocessing.transform(dataset.examples)

    assert [spec.name for spec in preprocessing.inputs] == ["tokens", "ngrams", "ngram_weights"]
    for spec in preprocessing.inputs:
        assert tensors[spec.name].shape == (8, *spec.shape)
        assert tensors[spec.name].dtype == spec.dtype
    for spec in preprocessing.inputs[:2]:
        assert 0 < tensors[spec.name].max() < spec.facts.size


def test_ngrams_of_few_texts_weigh_more() -> None:
    dataset, preprocessing = fitted(["good film today", "bad film today"] * 4, ["yes", "no"] * 4)
    tensors = preprocessing.transform(dataset.examples)

    good, bad = (
        dict(zip(ids.tolist(), weights.tolist(), strict=True))
        for ids, weights in zip(tensors["ngrams"][:2], tensors["ngram_weights"][:2], strict=True)
    )
    words = preprocessing.inputs[1].facts.words

    assert bad.get(0, 0.0) == 0.0
    for some in (range(1, words), range(words, 100)):
        shared = [bad[item] for item in set(good) & set(bad) & set(some)]
        own = [bad[item] for item in (set(bad) - set(good)) & set(some)]
        assert max(shared) < min(own)
    assert np.linalg.norm(tensors["ngram_weights"], axis=1) == pytest.approx(np.ones(8), rel=1e-5)


def test_words_and_pieces_of_words_weigh_alike() -> None:
    dataset, preprocessing = fitted()

    weights = preprocessing.transform(dataset.examples)["ngram_weights"]

    places = preprocessing.inputs[1].facts.places
    for block in (weights[:, :places], weights[:, places:]):
        assert np.square(block).sum(axis=1) == pytest.approx(np.full(8, 0.5), rel=1e-5)


def test_weights_are_inverse_document_frequencies() -> None:
    dataset, preprocessing = fitted(["film good", "film good", "film bad", "film bad"], ["yes", "no"] * 2)
    tensors = preprocessing.transform(dataset.examples)

    # the most frequent comes first: 1 is film (4 texts), 5 is good (2), after bad, film bad and film good
    weights = dict(zip(tensors["ngrams"][0].tolist(), tensors["ngram_weights"][0].tolist(), strict=True))

    assert weights[5] / weights[1] == pytest.approx(1.0 + np.log(5 / 3), rel=1e-5)


def test_targets_are_not_looked_at() -> None:
    dataset, preprocessing = fitted()
    _, other = fitted(labels=["yes", "no"] * 4)

    tensors, others = (item.transform(dataset.examples) for item in (preprocessing, other))

    for name, tensor in tensors.items():
        np.testing.assert_array_equal(tensor, others[name])


def test_only_the_training_rows_are_looked_at() -> None:
    dataset = read((TEXTS, LABELS))
    preprocessing = TEXT.fit(dataset, np.arange(7), seed=0)
    other = read(([*TEXTS[:7], "never seen words"], LABELS))

    again = TEXT.fit(other, np.arange(7), seed=0)

    assert again.inputs == preprocessing.inputs
    changed = again.transform(dataset.examples)
    for name, tensor in preprocessing.transform(dataset.examples).items():
        np.testing.assert_array_equal(tensor, changed[name])


def test_ngrams_of_words_come_first_and_pieces_of_words_behind() -> None:
    dataset, preprocessing = fitted()
    facts = preprocessing.inputs[1].facts

    ids = preprocessing.transform(dataset.examples)["ngrams"]

    assert 0 < ids[:, : facts.places].max() < facts.words
    assert facts.words <= ids[:, facts.places :][ids[:, facts.places :] > 0].min()
    assert ids.max() < facts.size


def test_long_texts_go_without_pieces_of_words() -> None:
    texts = [" ".join(f"word{n} in a very long document" for n in range(50)) + text for text in TEXTS]
    _, preprocessing = fitted(texts)

    names = [layer.name for layer in preprocessing.model.layers]

    assert "text__word_ngrams" in names
    assert "text__pieces" not in names
    assert preprocessing.inputs[0].shape == (MAX_TOKENS,)
    assert preprocessing.inputs[1].facts.words == preprocessing.inputs[1].facts.size


def test_text_without_blanks_is_cut_into_characters() -> None:
    texts = ["这部电影非常好看我很喜欢这个故事", "这部电影非常难看我不喜欢这个故事"] * 3
    dataset, preprocessing = fitted(texts, ["yes", "no"] * 3)

    assert preprocessing.transform(dataset.examples)["tokens"].shape == (6, 16)


def test_the_model_survives_saving_and_takes_empty_and_strange_text(tmp_path: Path) -> None:
    dataset, preprocessing = fitted()
    preprocessing.model.save(tmp_path / "text.keras")
    loaded = keras.saving.load_model(tmp_path / "text.keras", safe_mode=True)
    strange = np.array(["", "   ", "\x00\t", "😀 ünïcode", "good " * 5000], dtype=object)

    raw = {"text": np.concatenate([dataset.examples.inputs["text"], strange])}

    expected = preprocessing.model.predict(raw, verbose=0)
    for name, tensor in loaded.predict(raw, verbose=0).items():
        np.testing.assert_array_equal(tensor, expected[name])
        assert np.isfinite(tensor).all()


@pytest.mark.data
def test_sst2_is_recognised(shared_data: Path) -> None:
    path = shared_data / "text_classification" / "sst2" / "train.tsv"

    dataset = read(path, "c1", header=False)

    assert (len(dataset.examples), dataset.task, dataset.columns) == (6920, "binary", ("c0",))


@pytest.mark.parametrize("gone", [None, np.nan, pd.NA])
def test_missing_texts_in_memory_are_empty(gone: object) -> None:
    dataset = read(([*TEXTS, gone], np.array([*LABELS, "no"])))

    assert dataset.examples.inputs["text"][-1] == ""
    assert "1 of 9 texts are empty." in dataset.notes


def test_a_series_without_a_name_is_the_texts_of_a_model_of_texts_in_memory() -> None:
    schema = read((TEXTS, np.array(LABELS))).schema
    examples, _ = TEXT.read_again(open_source(pd.Series(TEXTS)), schema, targets=False)

    assert examples.inputs["text"].tolist() == TEXTS
