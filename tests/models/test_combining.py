"""Joining vectors: every combiner takes any number of them, and no vector is drowned or indispensable."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.models.layers.combining import COMBINERS, CombinerOptions, combine

RANDOM = np.random.default_rng(0)


def joined(*sizes: int, **options: Any) -> keras.Model:
    keras.utils.set_random_seed(0)
    vectors = [keras.Input((size,)) for size in sizes]
    return keras.Model(vectors, combine(vectors, CombinerOptions(**{"width": 8, **options})))


def answer(model: keras.Model, vectors: list[np.ndarray], training: bool = False) -> np.ndarray:
    return np.asarray(model(vectors, training=training))


def vectors(*sizes: int) -> list[np.ndarray]:
    return [RANDOM.normal(size=(5, size)).astype("float32") for size in sizes]


@pytest.mark.parametrize("combiner", list(COMBINERS))
@pytest.mark.parametrize("sizes", [(3,), (3, 5), (2, 7, 4)])
def test_any_number_of_vectors_becomes_one(combiner: str, sizes: tuple[int, ...]) -> None:
    made = answer(joined(*sizes, combiner=combiner), vectors(*sizes))

    assert made.shape == (5, 8)
    assert np.isfinite(made).all()


@pytest.mark.parametrize("combiner", list(COMBINERS))
def test_every_vector_has_a_say_whatever_its_scale(combiner: str) -> None:
    model, given = joined(3, 5, combiner=combiner), vectors(3, 5)
    loud = [given[0] * 1000, given[1]]
    changed = [loud[0], -loud[1]]

    assert np.abs(answer(model, loud) - answer(model, changed)).max() > 0.01


def test_without_dense_layers_concatenation_is_the_normalised_vectors() -> None:
    made = answer(joined(3, 5, depth=0), vectors(3, 5))

    assert made.shape == (5, 8)
    np.testing.assert_allclose(made[:, :3].mean(axis=1), 0, atol=1e-5)


def test_vectors_are_dropped_whole_and_in_training_only() -> None:
    model, given = joined(3, 5, depth=0, vector_dropout=0.5), vectors(3, 5)

    still, moved = answer(model, given), answer(model, given, training=True)

    gone = moved == 0
    assert not (still == 0).any()
    assert gone[:, :3].all(axis=1).any() or gone[:, 3:].all(axis=1).any()
    assert (gone[:, :3].all(axis=1) == gone[:, :3].any(axis=1)).all()


def test_an_unknown_combiner_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'gated'"):
        joined(3, 5, combiner="gatted")


def test_a_width_that_heads_do_not_divide_is_rounded_up() -> None:
    assert answer(joined(3, 5, combiner="attention", width=6, heads=4, depth=0), vectors(3, 5)).shape == (
        5,
        8,
    )
