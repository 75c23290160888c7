"""Image families: what they build, what augmentation does, and the hook for a model file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.models.catalog import FAMILIES
from automl.models.layers.augmentation import AugmentationOptions, augment
from automl.models.layers.image_blocks import normalise
from automl.testing import tensors
from automl.testing.networks import network

FAMILY_NAMES = ("cnn", "residual_cnn", "vision_transformer")
SMALL: dict[str, dict[str, Any]] = {
    "cnn": {"filters": 8},
    "residual_cnn": {"width": 8},
    "vision_transformer": {"width": 16, "depth": 1},
}
SHALLOW: dict[str, dict[str, Any]] = {
    "cnn": {"blocks": 1},
    "residual_cnn": {"stages": 1},
    "vision_transformer": {"stem_filters": 0},
}
STRENGTHS = {
    "flip": "both",
    "shift": 0.1,
    "rotation": 0.05,
    "zoom": 0.1,
    "contrast": 0.3,
    "erasing": 0.2,
    "brightness": 0.2,
}


def build(name: str, shape: tuple[int, int, int] = (16, 16, 3), **options: Any) -> keras.Model:
    return network(f"image/{name}", [tensors.pictures(*shape)], **{**SMALL.get(name, {}), **options})


def pictures(count: int = 4, shape: tuple[int, int, int] = (16, 16, 3)) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, *shape)).astype(np.float32)


@pytest.mark.parametrize("name", FAMILY_NAMES)
@pytest.mark.parametrize("shape", [(8, 8, 1), (17, 11, 3)])
def test_every_family_takes_every_size(name: str, shape: tuple[int, int, int]) -> None:
    model = build(name, shape)
    assert len(model.output.shape) == 2
    assert np.isfinite(model({"image": pictures(2, shape)})).all()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cnn", {"blocks": 5, "summary": "flatten", "dense_width": 8, "normalisation": "none"}),
        ("cnn", {"growth": 1.5, "pooling": "average", "summary": "max", "block_dropout": 0.1}),
        ("cnn", {"normalisation": "group", "filters": 12, "first_convolutions": 2}),
        ("residual_cnn", {"stages": 4, "depth": 2, "stem_stride": 2, "normalisation": "group"}),
        ("residual_cnn", {"stages": 1, "block_dropout": 0.2, "activation": "silu"}),
        ("vision_transformer", {"patch_size": 16, "heads": 8, "width": 20, "summary": "average"}),
        ("vision_transformer", {"stem_filters": 0, "block_dropout": 0.0, "dropout": 0.0}),
    ],
)
def test_corners_of_the_search_spaces(name: str, options: Mapping[str, Any]) -> None:
    assert np.isfinite(build(name, (8, 8, 3), **options)({"image": pictures(2, (8, 8, 3))})).all()


@pytest.mark.parametrize("name", FAMILY_NAMES)
def test_a_family_learns_which_half_is_bright(name: str) -> None:
    keras.utils.set_random_seed(0)
    images = pictures(64, (8, 8, 1))
    labels = np.arange(64) % 2
    images[labels == 1, :4] += 2.0
    core = build(name, (8, 8, 1), dropout=0.0, **SHALLOW.get(name, {}))
    model = keras.Model(core.inputs, keras.layers.Dense(2)(core.output))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    history = model.fit(images, labels, batch_size=32, epochs=8, verbose=0).history
    assert history["accuracy"][-1] > 0.85


@pytest.mark.parametrize("name", FAMILY_NAMES)
def test_a_saved_family_gives_the_same_features(name: str, tmp_path: Path) -> None:
    model = build(name, **STRENGTHS)
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras", safe_mode=True)
    images = {"image": pictures()}
    np.testing.assert_allclose(loaded(images), model(images), atol=1e-5)


@pytest.mark.parametrize("name", [*FAMILY_NAMES, "backbone"])
def test_every_family_shares_the_augmentation_options(name: str) -> None:
    assert issubclass(FAMILIES[f"image/{name}"].options, AugmentationOptions)


def test_zero_strength_adds_no_layer() -> None:
    image = keras.Input((8, 8, 3))
    assert augment(image, AugmentationOptions()) is image


@pytest.mark.parametrize("name", [item.name for item in fields(AugmentationOptions)])
def test_each_augmentation_changes_pictures_in_training_only(name: str) -> None:
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, augment(image, AugmentationOptions(**{name: STRENGTHS[name]}), seed=1))
    before = pictures(8, (8, 8, 3))
    np.testing.assert_array_equal(model(before, training=False), before)
    assert np.abs(np.asarray(model(before, training=True)) - before).max() > 0.01


def test_a_plain_call_of_a_model_does_not_augment() -> None:
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, augment(image, AugmentationOptions(**STRENGTHS)))
    np.testing.assert_array_equal(model(pictures(8, (8, 8, 3))), pictures(8, (8, 8, 3)))


def test_contrast_is_not_clipped_on_normalised_pixels() -> None:
    image = keras.Input((8, 8, 1))
    model = keras.Model(image, augment(image, AugmentationOptions(contrast=0.4), seed=1))
    before = 3 * pictures(64, (8, 8, 1))
    after = np.asarray(model(before, training=True))
    np.testing.assert_allclose(after.mean(axis=(1, 2)), before.mean(axis=(1, 2)), atol=1e-4)
    assert after.min() < -3


def test_erased_rectangles_take_the_mean_colour() -> None:
    image = keras.Input((16, 16, 3))
    model = keras.Model(image, augment(image, AugmentationOptions(erasing=0.3), seed=1))
    after = np.asarray(model(pictures(32), training=True))
    erased = (after == 0).all(axis=-1).mean(axis=(1, 2))
    assert 0.3 < (erased > 0).mean() < 0.7
    assert erased.max() <= 0.4


def test_the_same_seed_augments_alike() -> None:
    image = keras.Input((8, 8, 3))
    first, second = (augment(image, AugmentationOptions(**STRENGTHS), seed=3) for _ in range(2))
    before = pictures(4, (8, 8, 3))
    one = keras.Model(image, first)(before, training=True)
    np.testing.assert_array_equal(one, keras.Model(image, second)(before, training=True))


def test_an_unknown_normalisation_is_refused() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'batch'"):
        normalise(keras.Input((8, 8, 3)), "bach")


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    image = keras.Input((12, 12, 3), name="photo")
    hidden = keras.layers.Conv2D(4, 3, name="first")(keras.layers.Rescaling(1 / 255)(image))
    hidden = keras.layers.Conv2D(6, 3, name="second")(hidden)
    hidden = keras.layers.GlobalAveragePooling2D()(hidden)
    keras.Model(image, keras.layers.Dense(5, activation="softmax")(hidden)).save(tmp_path / "base.keras")
    return tmp_path / "base.keras"


def test_families_that_start_from_a_network_await_one() -> None:
    assert {FAMILIES[f"image/{name}"].awaits for name in ("backbone", "frozen")} == {"pretrained"}
    assert not any(FAMILIES[f"image/{name}"].awaits for name in FAMILY_NAMES)


def test_a_frozen_backbone_gives_what_enters_the_last_dense_layer(model_file: Path) -> None:
    model = build("backbone", pretrained=str(model_file))
    assert model.output.shape == (None, 6)
    assert model.trainable_weights == []


@pytest.mark.parametrize(("trained", "weights"), [("last", 2), ("all", 4)])
def test_blocks_of_a_backbone_are_fine_tuned(model_file: Path, trained: str, weights: int) -> None:
    model = build("backbone", pretrained=str(model_file), trained=trained)
    assert len(model.trainable_weights) == weights
    assert model.trainable_weights[-1].shape[-1] == 6


def test_each_block_learns_at_a_rate_of_its_own_and_none_decays(model_file: Path) -> None:
    options = {"trained": "all", "rate_share": 0.2, "rate_decay": 0.5}
    weights = build("backbone", pretrained=str(model_file), **options).trainable_weights
    assert [weight.rate_share for weight in weights] == [0.1, 0.1, 0.2, 0.2]
    assert not any(weight.decayed for weight in weights)


def test_pictures_are_brought_to_the_side_that_a_backbone_sees(tmp_path: Path) -> None:
    image = keras.Input((None, None, 3))
    keras.Model(image, keras.layers.Conv2D(4, 3, padding="same")(image)).save(tmp_path / "open.keras")
    shape = (16, 12, 3)
    model = build("backbone", shape, pretrained=str(tmp_path / "open.keras"), side=32, summary="flatten")
    assert model.output.shape == (None, 32 * 24 * 4)


def test_a_named_layer_of_a_backbone_is_pooled_to_a_vector(model_file: Path) -> None:
    assert build("backbone", pretrained=str(model_file), layer="first").output.shape == (None, 4)


@pytest.mark.parametrize(
    ("values", "low", "high"), [("raw", 0.0, 255.0), ("unit", 0.0, 1.0), ("signed", -1.0, 1.0)]
)
def test_a_backbone_gets_the_pixel_values_that_it_expects(
    tmp_path: Path, values: str, low: float, high: float
) -> None:
    image = keras.Input((16, 16, 3))
    keras.Model(image, keras.layers.Activation("linear")(image)).save(tmp_path / "echo.keras")
    model = build("backbone", pretrained=str(tmp_path / "echo.keras"), pixel_values=values)
    raw = np.stack([np.zeros((16, 16, 3)), np.full((16, 16, 3), 255.0)])
    echoed = np.asarray(model({"image": ((raw - 120) / 50).astype(np.float32)}))
    np.testing.assert_allclose(echoed[:, 0], [low, high], atol=1e-4)


def test_grey_pictures_are_repeated_for_a_backbone_of_colour(model_file: Path) -> None:
    assert build("backbone", (16, 16, 1), pretrained=str(model_file)).output.shape == (None, 6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "with --pretrained"),
        ({"pretrained": "nowhere.keras"}, "no file nowhere.keras"),
        ({"layer": "frist"}, "Did you mean 'first'"),
        ({"trained": "lost"}, "Did you mean 'last'"),
        ({"pixel_values": "raws"}, "Did you mean 'raw'"),
    ],
)
def test_a_backbone_that_cannot_be_built_is_refused(
    model_file: Path, options: dict[str, str], message: str
) -> None:
    given = {"pretrained": str(model_file)} if options and "pretrained" not in options else {}
    with pytest.raises(ConfigError, match=message):
        build("backbone", **{**given, **options})


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.keras").write_bytes(b"no model")
    with pytest.raises(ConfigError, match="cannot be loaded as a Keras model"):
        build("backbone", pretrained=str(tmp_path / "bad.keras"))
