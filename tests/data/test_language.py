"""Running text as windows: what is read, how it is split, and that tokens are the same on every way."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError, DataError
from automl.core.targets import TARGET
from automl.core.text_windows import TextWindows
from automl.data.modalities.language import LANGUAGE
from automl.data.modality import ReadOptions
from automl.data.raw_model import predict
from automl.data.source import open_source
from automl.data.splits import make_folds

TEXT = "".join(f"verse {at}: the quick brown fox\n" for at in range(60))
OPTIONS = ReadOptions(task="language_model", lookback=16)


@pytest.fixture
def dataset(tmp_path):
    return LANGUAGE.read(open_source(write(tmp_path, TEXT)), OPTIONS)


def write(folder, text, name="text.txt"):
    path = folder / name
    path.write_text(text)
    return path


def test_windows_lie_one_after_another_in_one_text(dataset):
    windows = dataset.examples.inputs["text"]

    assert isinstance(windows, TextWindows)
    assert windows.text == TEXT
    assert windows[0] == TEXT[:17]
    assert windows[1] == TEXT[16:33]
    assert (dataset.examples.targets[TARGET] == [0, 16, 16]).all()


def test_the_end_of_the_text_validates_and_no_window_crosses(dataset):
    (fold,) = make_folds(dataset, folds=None, seed=0)
    starts = dataset.examples.inputs["text"].starts

    assert len(fold.validation) == pytest.approx(0.1 * len(starts), abs=1)
    assert starts[fold.train].max() + 17 <= starts[fold.validation].min()


def test_another_text_counts_each_token_but_the_first_once(tmp_path, dataset):
    for length in (2, 17, 33, 40, 100):
        other = write(tmp_path, TEXT[:length], "other.txt")

        examples, _ = LANGUAGE.read_again(open_source(other), dataset.schema, targets=True)

        counts = examples.targets[TARGET]
        assert counts[:, 1].sum() == counts[:, 2].sum() == length - 1
        assert all(len(text) == min(17, length) for text in examples.inputs["text"])


def test_the_model_reads_tokens_as_training_does(dataset):
    rows = np.arange(5)
    fitted = LANGUAGE.fit(dataset, rows, seed=0)

    through_text = fitted.transform(dataset.examples, rows)["stream"]
    texts = np.asarray(dataset.examples.take(rows).inputs["text"])
    by_model = predict(fitted.model, {"text": texts}, batch_size=5)["stream"]

    np.testing.assert_array_equal(by_model, np.asarray(through_text))
    assert by_model.shape == (5, *fitted.inputs[0].shape)


def test_tokens_are_bytes_where_that_is_asked_for(tmp_path):
    options = ReadOptions(task="language_model", tokenizer="byte")

    dataset = LANGUAGE.read(open_source(write(tmp_path, TEXT)), options)

    assert dataset.examples.inputs["text"].text == TEXT.encode()
    assert dataset.notes == ()
    assert len(LANGUAGE.facts(dataset, np.arange(3))["shares"]) == 258


def test_a_longer_string_is_read_by_its_end_and_a_shorter_one_filled_up(dataset):
    fitted = LANGUAGE.fit(dataset, np.arange(5), seed=0)
    texts = np.array([TEXT[:40], "fox", "", "fo~"], object)

    long, short, empty, odd = predict(fitted.model, {"text": texts}, batch_size=4)["stream"][:, :, 0]

    tokens = LANGUAGE.facts(dataset, np.arange(5))
    known = sorted(tokens["known"])
    assert [known[item - 2] for item in long] == list(TEXT[23:40])
    assert [known[item - 2] for item in short[:3]] == list("fox")
    assert not short[3:].any()
    assert not empty.any()
    assert odd[2] == 1


def test_characters_are_learned_from_the_training_part_alone(dataset):
    facts = LANGUAGE.facts(dataset, np.arange(3))

    assert facts["known"] == "".join(sorted(set(TEXT[: 3 * 16 + 1])))
    assert sum(facts["shares"]) == pytest.approx(1.0)
    assert len(facts["shares"]) == len(facts["known"]) + 2


def test_characters_of_another_text_that_the_search_did_not_have_are_told(tmp_path, dataset):
    other = write(tmp_path, "the fox? ok?", "other.txt")

    _, notes = LANGUAGE.read_again(open_source(other), dataset.schema, targets=True)

    assert "2 of 12 characters did not occur in the search: '?'" in notes[-1]


def test_what_is_no_language_model_is_refused(tmp_path):
    path = write(tmp_path, TEXT)
    with pytest.raises(DataError, match="expected at least 20"):
        LANGUAGE.read(open_source(path), ReadOptions(task="language_model", lookback=1000))
    with pytest.raises(ConfigError, match="leave out --target"):
        LANGUAGE.read(open_source(path), ReadOptions(task="language_model", target=("c0",)))
    with pytest.raises(ConfigError, match="'language_model', got 'binary'"):
        LANGUAGE.read(open_source(path), ReadOptions(task="binary"))
    with pytest.raises(ConfigError, match="Did you mean 'byte'"):
        LANGUAGE.read(open_source(path), ReadOptions(task="language_model", tokenizer="bytes"))
    with pytest.raises(ConfigError, match="at least 8 tokens, got 3"):
        LANGUAGE.read(open_source(path), ReadOptions(task="language_model", lookback=3))
    with pytest.raises(ConfigError, match="at most 100,000 bytes with --tokenizer bpe"):
        LANGUAGE.read(
            open_source(path), ReadOptions(task="language_model", tokenizer="bpe", lookback=200_000)
        )


def test_a_text_of_many_characters_is_read_by_its_bytes(tmp_path):
    text = "".join(chr(0x4E00 + (7 * at) % 1500) for at in range(3000))

    dataset = LANGUAGE.read(open_source(write(tmp_path, text)), OPTIONS)

    assert "bytes of UTF-8" in dataset.notes[-1]
    windows, counts = dataset.examples.inputs["text"], dataset.examples.targets[TARGET]
    assert b"".join(text[:-1] for text in np.asarray(windows)) == text.encode()[: 16 * len(windows)]
    assert counts[:, 2].sum() == pytest.approx(len(text), abs=6)
    fitted = LANGUAGE.fit(dataset, np.arange(5), seed=0)
    by_model = predict(fitted.model, {"text": np.asarray(windows.take(np.arange(5)))}, batch_size=5)
    through_text = np.asarray(fitted.transform(dataset.examples, np.arange(5))["stream"])
    np.testing.assert_array_equal(by_model["stream"], through_text)
    assert predict(fitted.model, {"text": np.array(["", "a", text], object)}, batch_size=3)["stream"][
        :, :2, 0
    ].tolist() == [[0, 0], [99, 0], [text.encode()[-17] + 2, text.encode()[-16] + 2]]


SUBWORDS = ReadOptions(task="language_model", tokenizer="bpe", lookback=40)
JAPANESE = "東京は夜の七時。京都は朝の七時。" * 40


@pytest.mark.parametrize("text", [TEXT, JAPANESE, TEXT + JAPANESE, "é" + TEXT])
def test_windows_of_sub_words_end_with_words_and_cover_the_text(tmp_path, text):
    dataset = LANGUAGE.read(open_source(write(tmp_path, text)), SUBWORDS)

    windows, content = dataset.examples.inputs["text"], text.encode()
    rows = np.asarray(windows)
    assert rows[0][:1] + b"".join(row[1:] for row in rows) == content
    assert max(map(len, rows)) <= 41
    for row in rows[1:]:
        assert row[1:].decode()  # whole characters
    counts = dataset.examples.targets[TARGET]
    assert (counts[:, 0] == 0).all()
    assert counts[:, 2].sum() == len(text) - 1
    assert dataset.traits == ("subwords",)


def test_sub_words_are_learned_from_the_training_part_alone(tmp_path):
    pytest.importorskip("tokenizers")
    dataset = LANGUAGE.read(open_source(write(tmp_path, TEXT + "zyzzyva " * 60)), SUBWORDS)
    (fold,) = make_folds(dataset, folds=None, seed=0)

    facts = LANGUAGE.facts(dataset, fold.train[:30])
    every = LANGUAGE.facts(dataset, np.arange(len(dataset.examples)))

    assert pair_of("z", "y") not in facts["merges"]
    assert pair_of("z", "y") in every["merges"]
    assert list(facts["shares"]) == ["stream_500", "stream_1000", "stream_2000", "stream_4000"]
    assert all(sum(shares) == pytest.approx(1.0) for shares in facts["shares"].values())
    assert facts["taken"]["stream_500"] <= 500 - 256 <= facts["taken"]["stream_500"] + 244


def pair_of(first, second):
    return ord(first), ord(second)


def test_the_model_reads_sub_words_as_training_does(tmp_path):
    pytest.importorskip("tokenizers")
    dataset = LANGUAGE.read(open_source(write(tmp_path, TEXT + JAPANESE)), SUBWORDS)
    rows = np.arange(len(dataset.examples))
    fitted = LANGUAGE.fit(dataset, rows, seed=0)

    through_text = fitted.transform(dataset.examples, rows)
    texts = np.asarray(dataset.examples.inputs["text"])
    by_model = predict(fitted.model, {"text": texts}, batch_size=64)

    for spec in fitted.inputs:
        made = through_text[spec.name]
        wide = np.pad(made, ((0, 0), (0, 41 - made.shape[1]), (0, 0)))
        np.testing.assert_array_equal(by_model[spec.name], wide)
        assert made.max() < spec.facts.size
    assert through_text["stream_500"].shape[1] < 41


def test_another_text_is_read_in_sub_words_and_each_byte_but_the_first_counts_once(tmp_path):
    dataset = LANGUAGE.read(open_source(write(tmp_path, TEXT)), SUBWORDS)
    for length in (2, 41, 45, 100):
        other = write(tmp_path, TEXT[:length] + "~", "other.txt")

        examples, notes = LANGUAGE.read_again(open_source(other), dataset.schema, targets=True)

        counts = examples.targets[TARGET]
        assert counts[:, 2].sum() == length
        assert notes == ()
