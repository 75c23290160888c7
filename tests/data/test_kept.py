"""Fitted preprocessing and its tensors are kept and taken up again, for the same data only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl.layers  # noqa: F401  registers the layers that a kept preprocessing names
from automl.data.cache import ArrayCache
from automl.data.catalog import MODALITIES
from automl.data.modality import Dataset, ReadOptions
from automl.data.preprocessing.kept import Preprocessed, preprocess
from automl.data.source import open_source

TEXTS = np.array(["a very good film", "good and funny", "a very bad film", "bad and boring"] * 6, object)
PICTURES = np.random.default_rng(0).integers(0, 255, (24, 6, 6, 3)).astype("uint8")
LABELS = np.array(["yes", "yes", "no", "no"] * 6)
ROWS = np.arange(0, 24, 2)


def dataset(name: str, **change: np.ndarray) -> Dataset:
    inputs = change.get("inputs", TEXTS if name == "text" else PICTURES)
    return MODALITIES[name].read(open_source((inputs, change.get("labels", LABELS))), ReadOptions())


def run(name: str, data: Dataset, cache: ArrayCache | None, rows: np.ndarray = ROWS) -> Preprocessed:
    validation = data.examples.take(np.arange(1, 24, 2))
    return preprocess(MODALITIES[name], data, rows, validation, 0, cache)


def entries(cache: ArrayCache) -> int:
    return len(list(cache.folder.iterdir()))


@pytest.mark.parametrize("name", ["text", "image"])
def test_what_is_kept_is_what_would_be_computed(tmp_path: Path, name: str) -> None:
    cache, data = ArrayCache(tmp_path), dataset(name)

    fresh, made, taken_up = run(name, data, None), run(name, data, cache), run(name, data, cache)

    assert entries(cache) == 1
    for kept in (made, taken_up):
        assert kept.preprocessing.inputs == fresh.preprocessing.inputs
        for part in ("train", "validation"):
            for tensor, array in getattr(fresh, part).items():
                assert isinstance(getattr(kept, part)[tensor], np.memmap)
                np.testing.assert_array_equal(getattr(kept, part)[tensor], array)


@pytest.mark.parametrize("name", ["text", "image"])
def test_the_preprocessing_taken_up_prepares_as_the_one_that_was_fitted(tmp_path: Path, name: str) -> None:
    cache, data = ArrayCache(tmp_path), dataset(name)
    fresh = run(name, data, None).preprocessing.transform(data.examples)
    run(name, data, cache)

    again = run(name, data, cache).preprocessing.transform(data.examples)

    for tensor, array in fresh.items():
        np.testing.assert_array_equal(again[tensor], array)


@pytest.mark.parametrize(
    "change",
    [{"labels": np.roll(LABELS, 1)}, {"inputs": np.roll(TEXTS, 1)}],
)
def test_other_texts_or_labels_are_prepared_anew(tmp_path: Path, change: dict[str, np.ndarray]) -> None:
    cache = ArrayCache(tmp_path)
    run("text", dataset("text"), cache)

    run("text", dataset("text", **change), cache)

    assert entries(cache) == 2


def test_each_fold_is_prepared_for_itself(tmp_path: Path) -> None:
    cache, data = ArrayCache(tmp_path), dataset("image")
    first, second = run("image", data, cache), run("image", data, cache, rows=np.arange(9))

    assert entries(cache) == 2
    assert (len(first.train["image"]), len(second.train["image"])) == (12, 9)


def test_tables_are_not_worth_keeping(tmp_path: Path) -> None:
    cache = ArrayCache(tmp_path / "cache")
    table = (np.random.default_rng(0).normal(size=(24, 3)), LABELS)

    run("tabular", MODALITIES["tabular"].read(open_source(table), ReadOptions()), cache)

    assert not cache.folder.exists()


def test_tensors_named_after_odd_columns_are_kept(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a\tb" * 90: TEXTS, "n": np.arange(24) / 7, "label": LABELS})
    data = MODALITIES["mixed"].read(open_source(frame), ReadOptions(target=("label",)))
    cache = ArrayCache(tmp_path)

    fresh, taken_up = run("mixed", data, None), (run("mixed", data, cache), run("mixed", data, cache))[1]

    assert list(taken_up.train) == list(fresh.train)
    for name, array in fresh.train.items():
        np.testing.assert_array_equal(taken_up.train[name], array)
