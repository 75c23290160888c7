"""First values of a model from its recipe are those that a model draws which is built for them."""

from __future__ import annotations

import random

import keras
import numpy as np
import pytest

from automl.training.recipe import Recipe, sketched
from automl.training.seeding import seed_models


def net() -> keras.Model:
    inputs = keras.Input((5,))
    hidden = keras.layers.Dense(4, kernel_initializer="he_normal")(inputs)
    hidden = keras.layers.Dropout(0.5)(keras.layers.BatchNormalization()(hidden))
    fixed = keras.initializers.RandomNormal(seed=3)
    return keras.Model(
        inputs, keras.layers.Dense(2, kernel_initializer=fixed, bias_initializer="ones")(hidden)
    )


def recipe_of_net() -> Recipe:
    _, recipe = sketched(net)
    assert recipe is not None
    return recipe


@pytest.mark.parametrize("seed", [0, 8])
def test_values_are_those_that_keras_draws(seed: int) -> None:
    values = recipe_of_net().values(seed)

    seed_models(seed)
    for value, variable in zip(values, net().variables, strict=True):
        np.testing.assert_array_equal(value, np.array(variable))
        assert str(value.dtype) == variable.dtype


def test_seeds_differ_in_what_is_drawn_alone() -> None:
    recipe = recipe_of_net()

    pairs = zip(recipe.ingredients, recipe.values(1), recipe.values(2), strict=True)
    for ingredient, one, other in pairs:
        assert np.array_equal(one, other) == (ingredient.place is None)
    assert sum(ingredient.place is not None for ingredient in recipe.ingredients) == 2


def test_the_model_has_shapes_and_no_values() -> None:
    model, _ = sketched(net)

    assert [tuple(item.shape) for item in model.weights] == [tuple(item.shape) for item in net().weights]


@pytest.mark.parametrize("draw", [random.random, np.random.rand])
def test_a_model_that_draws_something_else_has_no_recipe(draw: object) -> None:
    def build() -> keras.Model:
        draw()  # type: ignore[operator]
        return net()

    assert sketched(build)[1] is None


def test_a_model_whose_values_come_from_elsewhere_has_no_recipe() -> None:
    def build() -> keras.Model:
        inputs = keras.Input((5,))
        # a function joins the parts of the bias, the forget gate's being ones
        return keras.Model(inputs, keras.layers.LSTM(3)(keras.layers.Reshape((5, 1))(inputs)))

    assert sketched(build)[1] is None
