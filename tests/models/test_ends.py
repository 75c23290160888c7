"""Necks: which one ends a family, what it makes of features, and whose options win."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.models.catalog import FAMILIES
from automl.models.ends import deal_ends, encode, lead, necks_of
from automl.models.family import Family
from automl.models.necks.catalog import NECKS
from automl.testing import tensors
from automl.testing.networks import backbone, entry, network

VECTOR = ("vector",)


@dataclass(frozen=True, kw_only=True)
class NoOptions:
    """None."""


def family(*gives: str, **changes: Any) -> Family:
    given = {"name": "acme/net", "slots": (), "options": NoOptions, "build": lambda *_: {}, **changes}
    return Family(gives=gives, **given)


@pytest.mark.parametrize("name", list(NECKS))
def test_a_neck_says_its_own_name_and_has_defaults(name: str) -> None:
    assert NECKS[name].name == name
    assert NECKS[name].options() == NECKS[name].options()


@pytest.mark.parametrize("name", list(FAMILIES))
def test_every_family_names_necks_that_start_from_what_it_gives(name: str) -> None:
    assert {NECKS[neck].takes for neck in FAMILIES[name].necks} <= set(FAMILIES[name].gives)


def test_a_family_that_names_no_neck_gets_the_first_of_the_catalog() -> None:
    found = necks_of(family("map", "steps"), VECTOR)

    assert [neck.name for neck, _ in found] == ["map_summary", "step_pool"]


def test_a_family_has_its_own_defaults_for_a_neck_and_the_configuration_wins() -> None:
    own = family("map", necks={"map_summary": {"summary": "max", "dropout": 0.5}})

    (plain,) = deal_ends(own, VECTOR, {})
    (set_,) = deal_ends(own, VECTOR, {"summary": "flatten", "filters": 3})

    assert (plain.options.summary, plain.options.dropout) == ("max", 0.5)
    assert (set_.options.summary, set_.options.dropout) == ("flatten", 0.5)


def test_the_best_feature_that_there_is_leads() -> None:
    both = family("channels", "vector")

    assert lead(both, (), {"channels": 1, "vector": 2}, ("channels", "vector")) == 1
    assert lead(both, (), {"vector": 2}, ("channels", "vector")) == 2


def test_features_that_lead_nowhere_are_refused() -> None:
    with pytest.raises(ConfigError, match="'net' gives vector with these options, and map is needed"):
        lead(family("vector", "map"), (), {"vector": 1}, ("map",))


def test_an_unknown_summary_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'average'"):
        network("image/cnn", [tensors.pictures(8, 8, 1)], summary="averag", filters=2)


@pytest.mark.parametrize("name", ["image/cnn", "image/residual_cnn"])
def test_pyramids_go_from_fine_to_coarse_and_end_in_the_map(name: str) -> None:
    small = {"filters": 4, "width": 4, "blocks": 3, "stages": 3, "stem_stride": 1}
    inputs = entry([tensors.pictures(16, 16, 1)])

    known = {key: small[key] for key in small if key in FAMILIES[name].options.__dataclass_fields__}
    features = FAMILIES[name].build(inputs, FAMILIES[name].options(**known))

    pyramid = features["pyramid"]
    assert pyramid[-1] is features["map"]
    sides = {"cnn": [8, 4, 2], "residual_cnn": [16, 8, 4]}[FAMILIES[name].short]
    assert [level.shape[1] for level in pyramid] == sides


@pytest.mark.parametrize("name", ["image/cnn", "image/residual_cnn", "image/vision_transformer"])
def test_every_family_of_pictures_gives_a_map_of_any_tensor_like_a_picture(name: str) -> None:
    spectrogram = tensors.pictures(40, 17, 1)
    inputs = entry([spectrogram])

    feature = encode(FAMILIES[name], inputs, {}, ("map",))

    assert len(feature.shape) == 4


@pytest.mark.parametrize("name", ["text/cnn", "text/rnn", "text/transformer"])
def test_families_of_words_give_steps_with_a_mask(name: str) -> None:
    inputs = entry([tensors.ids("tokens", 6, 9)])

    features = FAMILIES[name].build(inputs, FAMILIES[name].options())

    assert features["steps"].shape[:2] == (None, 6)
    assert features["mask"].shape == (None, 6)


@pytest.mark.parametrize("pooling", ["average", "max", "both"])
def test_steps_of_padding_do_not_count(pooling: str) -> None:
    values = np.array([[[1.0], [3.0], [9.0]]], "float32")
    steps, mask = keras.Input((3, 1)), keras.Input((3,), dtype="bool")
    pooled = NECKS["step_pool"].build(
        {"steps": steps, "mask": mask}, NECKS["step_pool"].options(pooling=pooling)
    )

    answer = keras.Model([steps, mask], pooled)([values, np.array([[True, True, False]])])

    expected = {"average": [2.0], "max": [3.0], "both": [2.0, 3.0]}[pooling]
    assert np.asarray(answer)[0].tolist() == expected


def test_words_without_a_mask_are_all_real() -> None:
    steps = keras.Input((2, 1))
    mean = NECKS["word_pool"].build({"steps": steps}, NECKS["word_pool"].options(pooling="mean"))

    assert float(keras.Model(steps, mean)(np.array([[[1.0], [3.0]]], "float32"))[0, 0]) == 2.0


def test_the_last_state_of_a_recurrent_network_needs_no_neck() -> None:
    _, last = backbone("text/rnn", [tensors.ids("tokens", 6, 9)], {"pooling": "last", "units": 4})
    _, largest = backbone("text/rnn", [tensors.ids("tokens", 6, 9)], {"pooling": "max", "units": 4})

    assert last.shape == largest.shape == (None, 8)
