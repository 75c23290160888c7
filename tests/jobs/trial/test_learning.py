"""What layers take from rows before training: each fold from its own, never from what it is scored on."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np

from automl.core.tensors import InnerFolds, TensorSpec
from automl.jobs.trial.learning import learning
from automl.models.layers.category_means import CategoryMeans
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
    assert learning(network(), split()) is None
