from __future__ import annotations

import keras
import pytest

from automl.training.naming import names_from_the_start


def build() -> set[str]:
    """The names that Keras gives the layers of a small model."""
    inputs = keras.Input((2,), name="inputs")
    outputs = keras.layers.Dense(1)(keras.layers.Dense(2)(inputs))
    return {layer.name for layer in keras.Model(inputs, outputs).layers} - {"inputs"}


def test_models_built_within_are_named_alike():
    built = []
    for _ in range(2):
        with names_from_the_start():
            built.append(build())

    assert built == [{"dense", "dense_1"}] * 2


def test_outside_names_go_on_as_if_nothing_had_been_built():
    before = build()
    with names_from_the_start():
        build()

    assert not build() & before


def test_after_an_error_names_go_on_too():
    before = build()
    with pytest.raises(TypeError, match="units"), names_from_the_start():
        keras.layers.Dense()

    assert not build() & before
