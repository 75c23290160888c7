"""Families over pairs of texts: padding, empty texts, the order of the texts, what they look at."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from automl.models.families.pairs.siamese import SiameseOptions
from automl.models.layers.attend_other import AttendOther
from automl.models.layers.pair_blocks import overlap, read_words
from automl.testing.networks import entry, network
from automl.testing.tensors import PAIRS, sample_of

SMALL = {"embedding_size": 4, "units": 4, "width": 8}
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("siamese", {}),
    ("siamese", {"encoder": "cnn", "pooling": "max", "marks": False}),
    ("siamese", {"pooling": "difference"}),
    ("siamese", {"encoder": "gru", "pooling": "mean", "overlap": False}),
    ("siamese", {"encoder": "transformer"}),
    ("attention", {}),
    ("attention", {"reader": "joint"}),
    ("attention", {"reader": "lstm", "composer": "gru", "pooling": "mean"}),
]


def model(name: str, **options: Any) -> keras.Model:
    keras.utils.set_random_seed(0)
    return network(f"pairs/{name}", PAIRS, **{**SMALL, **options})


def batch(rows: int = 5) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    data = {spec.name: sample_of(spec, rows, random) for spec in PAIRS}
    data["pair"] = np.where(data["pair"] == 0, 2, data["pair"])
    data["pair"][:, :, 4:] = 0
    data["pair_marks"] *= (data["pair"] > 0)[..., None]
    return data


def answer(network: keras.Model, data: dict[str, np.ndarray]) -> np.ndarray:
    return np.asarray(network({name: data[name] for name in network.input}))


def swapped(data: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: values[:, ::-1] for name, values in data.items()}


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_the_order_of_the_texts_counts_only_where_it_is_to(name: str, options: dict[str, Any]) -> None:
    data = batch()
    one, other = model(name, **options, symmetric=True), model(name, **options)

    np.testing.assert_allclose(answer(one, data), answer(one, swapped(data)), atol=1e-5)
    assert not np.allclose(answer(other, data), answer(other, swapped(data)), atol=1e-4)


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_empty_texts_are_no_accident(name: str, options: dict[str, Any]) -> None:
    data = {spec: values * 0 for spec, values in batch().items()}

    assert np.isfinite(answer(model(name, **options), data)).all()


@pytest.mark.parametrize("name", ["siamese", "attention"])
def test_marks_and_overlap_are_looked_at_where_they_are_to(name: str) -> None:
    data = batch()
    blind = {**data, "pair_marks": data["pair_marks"] * 0}

    for options in ({"overlap": False}, {"marks": False}):
        seeing = model(name, **options)
        assert not np.allclose(answer(seeing, data), answer(seeing, blind), atol=1e-5)
    neither = model(name, marks=False, overlap=False)
    np.testing.assert_allclose(answer(neither, data), answer(neither, blind))


def test_words_attend_to_words_of_the_other_text_only() -> None:
    values = np.random.default_rng(0).normal(size=(2, 2, 3, 4)).astype("float32")
    mask = np.ones((2, 2, 3), bool)
    mask[:, 1, 1:] = False

    found = np.asarray(AttendOther()([values, values, mask]))

    np.testing.assert_allclose(found[:, 0], np.repeat(values[:, 1, :1], 3, axis=1), rtol=1e-5)


def test_overlap_counts_what_is_there_and_what_is_missing() -> None:
    data = batch(1)
    data["pair_marks"][:] = 0
    data["pair_marks"][0, 0, :2, :3] = [[1, 1, 0.5], [1, 1, 0.5]]
    data["pair_marks"][0, 0, 2:4, 2] = 0.5
    inputs = entry(PAIRS)
    words = read_words(inputs, SiameseOptions(embedding_size=4))

    told = np.asarray(keras.Model(inputs.by_name(), overlap(words.mask, words.marks))(data))[0, 0]

    assert told[[0, 1, 2, 3, 4]] == pytest.approx([0.5, 0, 0.5, 0, 0.5])
    assert told[6:] == pytest.approx([np.log(5) / 3, np.log(3), np.log(2)])
