"""Means of targets by category: nothing of a row's own target, drawn to the mean, constant in training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.tensors import InnerFolds, TensorSpec
from automl.models.catalog import FAMILIES
from automl.models.layers.category_means import CLIP, PRIOR_ROWS, CategoryMeans, used_tensors
from automl.testing.networks import backbone
from automl.testing.tensors import codes, numbers

FOLDS, SIZE = 3, 25
NAMES = [name for name in FAMILIES if name.startswith("tabular/") and "vector" in FAMILIES[name].gives]
FOLD = TensorSpec(
    name="inner_fold",
    kind="inner_fold",
    shape=(1,),
    dtype="int32",
    facts=InnerFolds(count=FOLDS, columns=(0,)),
)
SPECS = (numbers("numeric", 3), numbers("ranks", 2), codes(3, SIZE), FOLD)


def layer_of(*targets: int) -> CategoryMeans:
    return CategoryMeans([3, SIZE], [1], FOLDS, targets or (0,), ("categorical", "inner_fold"))


def rows(count: int = 600) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    drawn = {"categorical": random.integers(0, (3, SIZE), (count, 2))}
    return {**drawn, "inner_fold": random.integers(1, FOLDS + 1, (count, 1))}


def table(inputs: dict[str, np.ndarray], targets: np.ndarray, *columns: int) -> np.ndarray:
    learned = layer_of(*columns).learn(inputs, {"target": targets})["table"]
    return learned.reshape(FOLDS + 1, SIZE, -1)


def seen(inputs: dict[str, np.ndarray], learned: np.ndarray) -> np.ndarray:
    """What each training row finds in the table."""
    return learned[inputs["inner_fold"][:, 0], inputs["categorical"][:, 1]]


def test_a_row_finds_nothing_of_its_own_target() -> None:
    inputs, targets = rows(), np.random.default_rng(1).normal(size=600)
    before = seen(inputs, table(inputs, targets))[7, 0]

    other = [row for row in range(600) if inputs["inner_fold"][row] == inputs["inner_fold"][7]]
    changed = targets.copy()
    # swapped within its fold, so that scale and centre of all stay about the same
    changed[other] = changed[other[::-1]]

    assert seen(inputs, table(inputs, changed))[7, 0] == pytest.approx(before, abs=0.15)
    own = table(inputs, targets)[0, inputs["categorical"][7, 1], 0]
    assert table(inputs, changed)[0, inputs["categorical"][7, 1], 0] != pytest.approx(own, abs=1e-3)


def test_ids_that_each_have_one_row_say_nothing_about_it() -> None:
    count = SIZE - 1
    inputs = {
        "categorical": np.stack([np.zeros(count, int), np.arange(1, SIZE)], axis=1),
        "inner_fold": 1 + np.arange(count)[:, None] % FOLDS,
    }
    targets = np.random.default_rng(0).normal(size=count)

    found = seen(inputs, table(inputs, targets))[:, 0]

    # the mean of the other folds, one number for all rows of a fold
    for fold in range(FOLDS):
        assert np.ptp(found[fold::FOLDS]) == pytest.approx(0.0, abs=1e-6)


def test_a_category_of_few_rows_is_drawn_to_the_mean_of_all() -> None:
    inputs = {
        "categorical": np.array([[0, 1]] * 500 + [[0, 2]] * 500 + [[0, 3]] * 2),
        "inner_fold": 1 + np.arange(1002)[:, None] % FOLDS,
    }
    targets = np.array([0.0] * 500 + [1.0] * 500 + [1.0] * 2)

    low, high, rare, unseen = table(inputs, targets)[0, [1, 2, 3, 0], 0]

    assert low < unseen < rare < high
    assert (rare - unseen) / (high - unseen) == pytest.approx(2 / (2 + PRIOR_ROWS), rel=0.3)


def test_numbers_are_of_the_size_of_other_numbers_of_a_table() -> None:
    inputs = rows()
    targets = 100.0 * inputs["categorical"][:, 1] ** 2 + 5e6

    found = seen(inputs, table(inputs, targets))

    assert found.shape == (600, 2)
    assert np.abs(found).max() < CLIP
    np.testing.assert_allclose(found.mean(axis=0), 0.0, atol=0.2)
    np.testing.assert_allclose(found.std(axis=0), 0.9, atol=0.2)


def test_a_column_without_meaning_is_not_made_large() -> None:
    inputs = rows()

    constant = seen(inputs, table(inputs, np.full(600, 3.1)))

    assert np.abs(constant[:, 0]).max() < 1e-3


def test_frequencies_rise_with_the_number_of_rows() -> None:
    inputs = {
        "categorical": np.array([[0, 1]] * 90 + [[0, 2]] * 9 + [[0, 3]]),
        "inner_fold": 1 + np.arange(100)[:, None] % FOLDS,
    }

    often = table(inputs, np.arange(100.0))[:, [3, 2, 1], -1]

    assert (np.diff(often, axis=1) > 0).all()
    assert np.ptp(often, axis=0).max() == 0.0


def test_each_of_several_targets_has_its_means() -> None:
    inputs = rows()
    code = inputs["categorical"][:, 1]
    targets = np.stack([np.zeros(600), code % 2, code % 3], axis=1)

    learned = table(inputs, targets, 1, 2)[0, 1:]

    assert learned.shape == (SIZE - 1, 3)
    assert abs(np.corrcoef(learned[:, 0], np.arange(1, SIZE) % 2)[0, 1]) > 0.99
    assert abs(np.corrcoef(learned[:, 1], np.arange(1, SIZE) % 3)[0, 1]) > 0.95


def test_the_layer_looks_up_fold_and_category() -> None:
    layer, inputs = layer_of(), rows(20)
    tensors = [keras.ops.convert_to_tensor(inputs[name].astype("int32")) for name in layer.reads]
    layer(tensors)
    learned = np.random.default_rng(0).normal(size=layer.table.shape).astype("float32")
    layer.table.assign(learned)

    found = np.asarray(layer(tensors))

    np.testing.assert_array_equal(found, seen(inputs, learned.reshape(FOLDS + 1, SIZE, 2)))
    assert layer.trainable_weights == []


def model(name: str, **options: Any) -> keras.Model:
    keras.utils.set_random_seed(0)
    inputs, features = backbone(name, SPECS, options)
    return keras.Model(inputs.by_name(), keras.layers.Dense(1)(features))


@pytest.mark.parametrize("name", NAMES)
def test_every_family_of_tables_takes_them_and_is_saved_with_them(name: str, tmp_path: Path) -> None:
    network = model(name, category_means="beside")
    (layer,) = (item for item in network.layers if isinstance(item, CategoryMeans))
    layer.table.assign(np.random.default_rng(0).normal(size=layer.table.shape))
    random = np.random.default_rng(1)
    data = {
        **{
            item: random.uniform(size=(9, size)).astype("float32")
            for item, size in (("numeric", 3), ("ranks", 2))
        },
        **{item: values.astype("int32") for item, values in rows(9).items()},
    }
    network.save(tmp_path / "model.keras")

    again = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)

    wanted = np.asarray(network(data))
    np.testing.assert_allclose(np.asarray(again(data)), wanted, rtol=1e-5, atol=1e-6)
    layer.table.assign(np.zeros(layer.table.shape))
    assert np.abs(np.asarray(network(data)) - wanted).max() > 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_without_them_nothing_asks_for_inner_folds(name: str) -> None:
    assert "inner_fold" not in model(name).input


def test_an_unknown_kind_is_refused() -> None:
    options = FAMILIES["tabular/mlp"].options(category_means="besides")

    with pytest.raises(ConfigError, match=r"category_means 'besides'\. Did you mean 'beside'"):
        used_tensors(SPECS, options)
