"""Spaces of image models: what they search, what they build, what they refuse."""

from __future__ import annotations

import sys

import keras
import numpy as np
import pytest

import automl.kerastuner as keras_tuner
from automl.core.errors import ConfigError
from automl.kerastuner.applications.resnet import GROUPS, _convolved_in_groups
from automl.kerastuner.engine.hyperparameters import HyperParameters
from automl.models.layers.random_transforms import RandomTransforms

IMAGES = np.random.default_rng(0).random((6, 8, 8, 3)).astype("float32")


def space_of(**fixed):
    hp = HyperParameters()
    for name, value in fixed.items():
        hp.Fixed(name, value)
    return hp


@pytest.mark.parametrize("version", ["v1", "v2", "next"])
def test_residual_networks_search_version_depths_and_training(version):
    hp = space_of(conv3_depth=1, conv4_depth=2, version=version)
    model = keras_tuner.applications.HyperResNet(input_shape=(32, 32, 3), classes=4).build(hp)

    assert {name: hp.get(name) for name in ("pooling", "optimizer", "learning_rate")} == {
        "pooling": "avg",
        "optimizer": "adam",
        "learning_rate": 0.01,
    }
    assert model.output_shape == (None, 4)
    assert sum(isinstance(layer, keras.layers.Add) for layer in model.layers) == 3 + 1 + 2 + 3


def test_without_a_top_there_is_a_vector_and_nothing_to_train():
    inputs = keras.Input((32, 32, 3))
    hp = space_of(conv3_depth=1, conv4_depth=1, pooling="max")
    model = keras_tuner.applications.HyperResNet(input_tensor=inputs, include_top=False).build(hp)

    assert model.inputs[0] is inputs
    assert model.output_shape == (None, 2048)
    assert not model.compiled


def test_convolutions_see_their_own_group_only():
    inputs = keras.Input((3, 3, 2 * GROUPS))
    model = keras.Model(inputs, _convolved_in_groups(inputs, 2 * GROUPS, 1))
    x = np.random.default_rng(1).normal(size=(1, 3, 3, 2 * GROUPS)).astype("float32")
    (kernel,) = model.get_weights()  # (3, 3, channel, part)

    found = model.predict(x, verbose=0)[0, 0, 0]
    parts = np.einsum("hwc,hwcm->cm", x[0], kernel).reshape(GROUPS, 2, 2)
    assert found == pytest.approx(parts.sum(axis=1).ravel(), abs=1e-5)


@pytest.mark.parametrize(("activation", "layers"), [("relu", 1), ("selu", 0)])
def test_separable_networks_search_widths_depth_and_head(activation, layers):
    fixed = {"sep_num_filters": 4, "num_residual_blocks": 1, "pooling": "flatten", "activation": activation}
    hp = space_of(**fixed)
    model = keras_tuner.applications.HyperXception(input_shape=(8, 8, 3), classes=3).build(hp)

    searched = {name: value for name, value in hp.values.items() if name not in fixed}
    assert searched == {
        "conv2d_num_filters": 64,
        "kernel_size": 3,
        "initial_strides": 2,
        "num_dense_layers": 1,
        "dropout_rate": 0.5,
        "dense_use_bn": True,
        "learning_rate": 1e-3,
    }
    after_pooling = [layer for layer in model.layers[-5:] if "batch" in layer.name]
    assert len(after_pooling) == layers


def test_efficient_networks_take_an_augmentation_and_an_optimizer_of_the_programs_own():
    class Mine(keras_tuner.applications.HyperEfficientNet):
        def _compile(self, model, hp):
            model.compile(hp.Choice("optimizer", ["adam", "sgd"]), "categorical_crossentropy")

    change = keras_tuner.applications.HyperImageAugment(input_shape=(32, 32, 3), contrast=0.2)
    hp = space_of(augment_layers=1, factor_rotate=0.1)
    model = Mine(input_shape=(32, 32, 3), classes=2, augmentation_model=change, weights=None).build(hp)

    assert [layer.name for layer in model.layers[1:2]] == ["image_rand_augment"]
    assert {name: hp.get(name) for name in ("version", "pooling", "top_dropout_rate", "optimizer")} == {
        "version": "B0",
        "pooling": "avg",
        "top_dropout_rate": 0.2,
        "optimizer": "adam",
    }
    assert "learning_rate" not in hp.values


def test_strengths_are_searched_in_their_ranges():
    hp = HyperParameters()
    space = keras_tuner.applications.HyperImageAugment(
        input_shape=(None, None, 3), rotate=0.3, translate_x=[0.1, 0.5], contrast=None, augment_layers=0
    )
    model = space.build(hp)

    assert space.transforms == [
        ("rotate", (0, 0.3)),
        ("translate_x", (0.1, 0.5)),
        ("translate_y", (0, 0.4)),
    ]
    assert hp.values == {"factor_rotate": 0, "factor_translate_x": 0.1, "factor_translate_y": 0}
    assert (model.name, len(model.layers)) == ("image_augment", 2)
    assert np.array_equal(model.predict(IMAGES, verbose=0), IMAGES)
    assert not np.array_equal(model(IMAGES, training=True), IMAGES)


def test_one_transform_is_drawn_for_each_image():
    changing = RandomTransforms({"translate_x": 0.5, "contrast": 0.0}, one=True, seed=3)
    again = RandomTransforms.from_config(changing.get_config())
    many = np.repeat(IMAGES[:1], 64, axis=0)
    left = [np.array_equal(image, IMAGES[0]) for image in np.array(again(many, training=True))]

    assert 16 < sum(left) < 48  # about half of them were given to the transform that does nothing
    assert np.array_equal(again(many), many)


def test_pictures_move_along_the_named_axis():
    stripes = np.tile(np.arange(8.0, dtype="float32")[None, :, None, None], (8, 1, 8, 3))

    assert np.allclose(RandomTransforms({"translate_x": 0.5}, seed=0)(stripes, training=True), stripes)
    assert not np.allclose(RandomTransforms({"translate_y": 0.5}, seed=0)(stripes, training=True), stripes)


APPLICATIONS = ["HyperEfficientNet", "HyperImageAugment", "HyperResNet", "HyperXception"]


@pytest.mark.parametrize(
    ("name", "options", "text"),
    [
        ("HyperResNet", {"input_shape": (8, 8, 3)}, "`classes`"),
        ("HyperXception", {"classes": 2}, "`input_tensor`"),
        ("HyperEfficientNet", {"classes": 2, "augmentation_model": 0}, "augmentation_model: .* got 0"),
        ("HyperImageAugment", {}, "You must specify"),
        ("HyperImageAugment", {"input_shape": (8, 8, 3), "augment_layers": 1.5}, "must be int, .* got 1.5"),
        ("HyperImageAugment", {"input_shape": (8, 8, 3), "rotate": [0, 1, 2]}, "must not exceed 2"),
        ("HyperImageAugment", {"input_shape": (8, 8, 3), "contrast": "a"}, "must be int or float"),
    ],
)
def test_what_cannot_be_built_is_refused_at_once(name, options, text):
    with pytest.raises(ValueError, match=text):
        getattr(keras_tuner.applications, name)(**options)


def test_names_are_loaded_when_they_are_used():
    assert all(getattr(keras_tuner.applications, name).__name__ == name for name in APPLICATIONS)
    assert "automl.kerastuner.applications.xception" in sys.modules
    with pytest.raises(AttributeError, match="HyperVGG"):
        _ = keras_tuner.applications.HyperVGG
    with pytest.raises(ConfigError, match="rotate"):
        RandomTransforms({"rotat": 0.1})
