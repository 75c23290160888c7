"""Fusion: one encoder per part of the data, options by prefixed names, parts that are absent, learning."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import automl.layers  # noqa: F401  registers the layers that a saved model names
from automl.core.errors import ConfigError
from automl.core.tensors import Promised, TensorSpec
from automl.jobs.matching import misfit, usable_families
from automl.models.catalog import FAMILIES
from automl.models.families.mixed.encoders import PARTS, configuration_of
from automl.spaces.loading import load_space
from automl.testing.networks import network
from automl.testing.tensors import ROW, VIDEOS, column, numbers, sample_of

FUSION = FAMILIES["mixed/fusion"]
SMALL: dict[str, Any] = {
    "width": 8,
    "tabular_mlp_width": 8,
    "tabular_mlp_depth": 1,
    "image_cnn_filters": 4,
    "image_cnn_blocks": 2,
    "image_residual_cnn_width": 4,
    "text_cnn_filters": 4,
    "text_rnn_units": 4,
    "audio_cnn_filters": 4,
    "audio_cnn_blocks": 2,
    "audio_residual_cnn_width": 4,
    "video_cnn_filters": 4,
    "video_cnn_blocks": 2,
    "video_space_time_cnn_width": 4,
    "video_space_time_cnn_stages": 2,
}
CLIP = tuple(column(spec, "clip") for spec in VIDEOS)
TABLE, PHOTO, TITLE, REVIEW = ROW[:3], ROW[3:4], ROW[4:7], ROW[7:10]


def rows(specs: tuple[TensorSpec, ...], count: int = 6) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    return {spec.name: sample_of(spec, count, random) for spec in specs}


def answer(model: keras.Model, data: dict[str, np.ndarray]) -> np.ndarray:
    return np.asarray(model({name: data[name] for name in model.input}))


@pytest.mark.parametrize(
    "parts",
    [parts for count in range(1, 5) for parts in combinations([TABLE, PHOTO, TITLE, REVIEW], count)],
)
def test_any_parts_of_a_row_become_one_vector(parts: tuple[tuple[TensorSpec, ...], ...]) -> None:
    specs = tuple(spec for part in parts for spec in part)

    assert answer(network("mixed/fusion", specs, **SMALL), rows(specs)).shape == (6, 8)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_each_part_can_have_each_of_its_encoders(part: Any) -> None:
    specs = tuple(spec for spec in (*ROW, *CLIP) if spec.kind in part.kinds)
    for encoder in part.encoders:
        if encoder != "image/backbone":
            model = network("mixed/fusion", specs, **{**SMALL, part.choice: encoder.split("/")[1]})
            assert np.isfinite(answer(model, rows(specs))).all()


def test_two_texts_have_encoders_of_their_own() -> None:
    model = network("mixed/fusion", (*TITLE, *REVIEW), **SMALL)

    tables = [layer for layer in model.layers if isinstance(layer, keras.layers.Embedding)]

    assert sorted(table.input_dim for table in tables) == [30, 40]


def test_what_the_encoders_do_not_look_at_is_no_input() -> None:
    ngrams = network("mixed/fusion", ROW, **SMALL)
    words = network("mixed/fusion", ROW, **SMALL, text_encoder="rnn")

    assert {"title__ngrams", "title__ngram_weights"} <= set(ngrams.input)
    assert not {"title__tokens", "review__tokens"} & set(ngrams.input)
    assert {"title__tokens", "review__tokens"} <= set(words.input)
    assert not {"title__ngrams", "review__ngram_weights"} & set(words.input)


def test_a_text_without_what_the_chosen_encoder_reads_gets_one_that_reads_what_there_is() -> None:
    words = TITLE[:1]

    model = network("mixed/fusion", (*REVIEW, *words), **SMALL)

    assert set(model.input) == {"review__ngrams", "review__ngram_weights", "title__tokens"}
    assert answer(model, rows((*REVIEW, *words))).shape == (6, 8)


def test_options_of_encoders_and_their_necks_are_reached_by_prefixed_names() -> None:
    options = FUSION.options(image_cnn_filters=3, image_cnn_summary="max", text_cnn_dropout=0.4)

    assert configuration_of(FAMILIES["image/cnn"], options)["filters"] == 3
    assert configuration_of(FAMILIES["image/cnn"], options)["summary"] == "max"
    assert configuration_of(FAMILIES["text/cnn"], options)["dropout"] == 0.4
    assert configuration_of(FAMILIES["image/residual_cnn"], options)["summary"] == "average"


def test_an_encoder_keeps_the_defaults_of_its_family() -> None:
    options = FUSION.options()

    assert configuration_of(FAMILIES["text/transformer"], options)["pooling"] == "mean"
    assert configuration_of(FAMILIES["text/cnn"], options)["dropout"] == 0.5
    assert configuration_of(FAMILIES["tabular/mlp"], options)["width"] == 128


def test_an_unknown_encoder_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"Unknown text_encoder 'rn'\. Did you mean 'rnn'"):
        network("mixed/fusion", TITLE, text_encoder="rn")


def test_it_learns_what_no_part_tells_alone() -> None:
    keras.utils.set_random_seed(0)
    data = rows((*TABLE, *PHOTO), count=128)
    bright, high = np.arange(128) % 2, np.arange(128) // 2 % 2
    data["photo__image"] += 2.0 * bright[:, None, None, None]
    data["numeric"][:, 0] = high
    core = network("mixed/fusion", (*TABLE, *PHOTO), **{**SMALL, "width": 16})
    model = keras.Model(core.input, keras.layers.Dense(1)(core.output))
    model.compile(keras.optimizers.Adam(0.01), keras.losses.BinaryCrossentropy(from_logits=True))

    model.fit({name: data[name] for name in model.input}, bright ^ high, epochs=40, verbose=0)

    assert ((answer(model, data)[:, 0] > 0) == (bright ^ high)).mean() > 0.9


@pytest.mark.parametrize("combiner", ["concatenation", "gated", "attention"])
def test_it_is_saved_and_loaded_in_safe_mode(combiner: str, tmp_path: Path) -> None:
    model = network("mixed/fusion", ROW, **SMALL, combiner=combiner, vector_dropout=0.2)
    model.save(tmp_path / "m.keras")

    again = keras.saving.load_model(tmp_path / "m.keras", safe_mode=True)

    np.testing.assert_allclose(answer(again, rows(ROW)), answer(model, rows(ROW)), atol=1e-5)


def test_mixed_data_is_its_own_and_data_of_one_kind_is_not() -> None:
    table = (Promised(kind="numeric", source="numbers"), Promised(kind="ranks", source="numbers"))
    photo = Promised(kind="image", source="photo")

    assert list(usable_families("mixed", (*table, photo), "regression", ())) == ["fusion"]
    assert "fusion" not in usable_families("tabular", table, "regression", ())
    assert list(usable_families("image", (photo,), "binary", ("fusion", "cnn"))) == ["fusion", "cnn"]
    assert misfit(FUSION, (Promised(kind="sequence", source="s"), photo)) == "would ignore s."


def test_its_search_space_knows_only_options_of_the_family() -> None:
    known = {item.name for item in fields(FUSION.options)}
    prefixes = ("table", "tabular", "image", "text")

    named = {item.name for item in load_space("mixed/fusion").parameters}

    assert {name for name in named if name.split("_")[0] in prefixes} <= known
    assert {name for name in named if name in known} >= {"combiner", "width", "depth", "heads"}


def test_parameters_of_absent_kinds_are_not_searched() -> None:
    space = load_space("mixed/fusion", task="binary").for_kinds({"image", "numeric", "ranks"})

    names = {item.name for item in space.parameters}

    assert "image_cnn_filters" in names
    assert not [name for name in names if name.startswith("text_")]
    assert all(space.complete(entry) for entry in space.portfolio)


@pytest.mark.parametrize("entry", range(5))
def test_every_entry_of_the_portfolio_builds(entry: int) -> None:
    configuration = load_space("mixed/fusion", task="binary").starts()[entry]
    known = {item.name for item in fields(FUSION.options)}
    options = {name: value for name, value in configuration.items() if name in known}

    assert np.isfinite(answer(network("mixed/fusion", ROW, **options), rows(ROW))).all()


def test_numbers_alone_need_no_ranks() -> None:
    specs = (numbers("numeric", 3),)

    assert answer(network("mixed/fusion", specs, **SMALL), rows(specs)).shape == (6, 8)
