"""What layers take from rows before training: each fold from its own, never from what it is scored on."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from automl.core.tensors import InnerFolds, TensorSpec
from automl.jobs.trial.learning import learning
from automl.models.layers.category_means import CategoryMeans
from automl.models.layers.real_mlp import BETWEEN, NeuralTangentDense
from automl.testing.networks import backbone
from automl.testing.tensors import codes, numbers
from automl.training.bag import first_values
from automl.training.engine import Candidate, Part, Split, TrainingOptions

ROWS = 200
FOLD = TensorSpec(
    name="inner_fold",
    kind="inner_fold",
    shape=(1,),
    dtype="int32",
    facts=InnerFolds(count=5, columns=(0,)),
)


def split(seed: int = 0) -> Split:
    random = np.random.default_rng(seed)
    data = {
        "numeric": random.normal(size=(ROWS, 2)).astype("float32") * 10 + 3,
        "categorical": random.integers(0, 30, (ROWS, 1)).astype("int32"),
        "inner_fold": 1 + np.arange(ROWS)[:, None].astype("int32") % 5,
    }
    targets = {"target": random.normal(size=(ROWS, 1)).astype("float32")}
    return Split(train=data, train_targets=targets, validation=data, scorer=lambda: None)


def network(**options: str) -> keras.Model:
    keras.utils.set_random_seed(0)
    specs = [numbers("numeric", 2), codes(30)] + [FOLD] * ("category_means" in options)
    inputs, features = backbone("tabular/realmlp", specs, {"width": 32, **options})
    return keras.Model(inputs.by_name(), keras.layers.Dense(1)(features))


def bag(model: keras.Model, data: Split) -> Candidate:
    rows = np.arange(ROWS, dtype=np.int32)
    parts = tuple(Part(train=rows[rows % 2 != fold], validation=rows[rows % 2 == fold]) for fold in (0, 1))
    options = TrainingOptions()
    candidate = Candidate(model=model, loss=None, options=options, epochs=1, seed=0, parts=parts)
    return replace(candidate, learned=learning(model, data))


def begun(model: keras.Model, data: Split) -> list[list[np.ndarray]]:
    values = [np.asarray(item) for item in model.variables]
    return [list(each) for each in first_values(bag(model, data), values)]


def tables(data: Split) -> list[np.ndarray]:
    model = network(category_means="beside")
    (layer,) = (item for item in model.layers if isinstance(item, CategoryMeans))
    place = [id(item) for item in model.variables].index(id(layer.table))
    return [values[place] for values in begun(model, data)]


def test_each_fold_has_means_of_its_own_rows_alone() -> None:
    data = split()
    changed = data.train_targets["target"].copy()
    changed[1::2] = changed[1::2][::-1]

    before, after = tables(data), tables(replace(data, train_targets={"target": changed}))

    # the second fold learns from even rows
    np.testing.assert_array_equal(before[1], after[1])
    assert np.abs(before[0] - after[0]).max() > 0.1
    assert np.abs(before[0] - before[1]).max() > 0.1


def test_a_network_without_such_layers_is_left_as_it_is() -> None:
    assert learning(network(first_weights="drawn"), split()) is None


def units(model: keras.Model, values: list[np.ndarray], data: Split) -> list[np.ndarray]:
    """What the dense layers give with some values, in order."""
    layers = [item for item in model.layers if isinstance(item, NeuralTangentDense)]
    for variable, value in zip(model.variables, values, strict=True):
        variable.assign(value)
    inner = keras.Model(model.input, [item.output for item in layers])
    inputs = {name: data.train[name] for name in model.input}
    return [np.asarray(item) for item in inner(inputs)]


def test_first_weights_by_rows_let_every_unit_vary_and_bend_where_rows_are() -> None:
    data, model = split(), network(first_weights="by_rows")

    for fold, values in enumerate(begun(model, data)):
        own = np.arange(ROWS) % 2 != fold
        for given in units(model, values, data):
            np.testing.assert_allclose(given[own].std(axis=0), 1.0, atol=0.15)
            assert ((given.min(axis=0) < 0) & (given.max(axis=0) > 0)).all()


def test_other_weights_and_other_folds_stay_as_they_were_drawn() -> None:
    data, model = split(), network(first_weights="by_rows")
    drawn = [np.asarray(item) for item in model.variables]
    layers = [item for item in model.layers if isinstance(item, NeuralTangentDense)]
    fitted = {id(weight) for layer in layers for weight in layer.weights}

    first, second = begun(model, data)

    for variable, value, before in zip(model.variables, first, drawn, strict=True):
        same = np.array_equal(value, before)
        assert same != (id(variable) in fitted)
    assert any(not np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_the_same_seed_begins_alike() -> None:
    data, model = split(), network(first_weights="by_rows")

    for one, other in zip(begun(model, data), begun(model, data), strict=True):
        for value, again in zip(one, other, strict=True):
            np.testing.assert_array_equal(value, again)


def test_a_unit_bends_between_rows() -> None:
    random = np.random.default_rng(0)
    layer, inputs = NeuralTangentDense(50, by_rows=True), random.normal(size=(BETWEEN, 3)) + 7
    layer.build((None, 3))
    drawn = {item.name: np.asarray(item) for item in layer.weights}

    values = layer.begin(inputs, drawn, random)

    given = inputs @ values["kernel"] / 3**0.5 + 0.1 * values["bias"]
    # with no more rows than it draws, the point lies among them all
    assert (given.min(axis=0) <= 1e-5).all()
    assert (given.max(axis=0) >= -1e-5).all()
    assert NeuralTangentDense(2).begin(inputs, drawn, random) == {}


@pytest.mark.parametrize("scale", [0.0, 1e-6])
def test_what_does_not_vary_gives_finite_weights(scale: float) -> None:
    random = np.random.default_rng(0)
    layer, inputs = NeuralTangentDense(5, by_rows=True), 1.0 + scale * random.normal(size=(20, 3))
    layer.build((None, 3))

    values = layer.begin(inputs, {item.name: np.asarray(item) for item in layer.weights}, random)

    assert all(np.isfinite(value).all() and np.abs(value).max() < 1e4 for value in values.values())
