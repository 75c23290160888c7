"""Data of ``Model.fit``, taken apart by position."""

from __future__ import annotations

import jax.numpy as jnp
import keras
import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
import tensorflow as tf

from automl.core.errors import DataError
from automl.training.fit_data import hold_out, take_in

ROWS = 20
NUMBERS = np.arange(ROWS, dtype="float32")
SHUFFLED = np.random.default_rng(0).permutation(ROWS)
CONTAINERS = {
    "numpy": lambda x: x,
    "frame": lambda x: pd.DataFrame({"a": x}, index=SHUFFLED),
    "series": lambda x: pd.Series(x, index=SHUFFLED),
    "nullable": lambda x: pd.Series(x, index=SHUFFLED).astype("Int64"),
    "mixed": lambda x: pd.DataFrame({"a": x, "b": x > 3}, index=SHUFFLED),
    "polars": lambda x: pl.DataFrame({"a": x}),
    "list": lambda x: x.tolist(),
    "rows": lambda x: [[value] for value in x.tolist()],
    "nested": lambda x: {"deep": [x, pd.Series(x, index=SHUFFLED)]},
    "tensorflow": tf.constant,
    "jax": jnp.asarray,
    "sparse": lambda x: scipy.sparse.csc_matrix(x[:, None]),
}


def first_column(content):
    leaf = keras.tree.flatten(content)[-1]
    array = leaf.toarray() if scipy.sparse.issparse(leaf) else np.asarray(leaf)
    return array.reshape(len(array), -1)[:, 0]


@pytest.mark.parametrize("targets", CONTAINERS)
@pytest.mark.parametrize("inputs", ["numpy", "frame", "nested"])
def test_rows_pair_by_position(inputs, targets):
    data = (CONTAINERS[inputs](NUMBERS), CONTAINERS[targets](NUMBERS), pd.Series(NUMBERS, index=SHUFFLED))

    train, held = hold_out(take_in(data), seed=0)

    for part in (train, held):
        x, y, weights = (first_column(item) for item in part.arrays)
        assert x.tolist() == y.tolist() == weights.tolist()
    assert (train.rows, held.rows) == (16, 4)
    assert sorted([*first_column(train.arrays[0]), *first_column(held.arrays[0])]) == NUMBERS.tolist()


def test_pandas_columns_of_several_types_become_numbers():
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": [True, False], "c": pd.array([1, None], dtype="Int64")})

    (inputs, _) = take_in((frame, [0, 1])).arrays

    assert inputs.dtype == np.float64
    np.testing.assert_equal(inputs, [[1.5, 1, 1], [2.5, 0, np.nan]])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((NUMBERS, NUMBERS[1:]), "inputs 20, targets 19"),
        (({"a": NUMBERS, "b": NUMBERS[2:]}, NUMBERS), r"inputs\['b'\] 18"),
        ((NUMBERS, NUMBERS, [1.0]), "sample weights 1"),
        (([NUMBERS] * 3, NUMBERS[:3]), r"numpy\.stack"),
        (([[1.0], [1.0, 2.0]], [0, 1]), "differ in length"),
        ((5, NUMBERS), "expected an array"),
        ((None, NUMBERS), "expected inputs"),
        (pd.DataFrame({"a": NUMBERS}), r"expected a pair \(inputs, targets\).*got DataFrame"),
        ("data.csv", "expected a pair"),
        ((["a", "b"], [0, 1]), r"takes numbers.*tf\.constant"),
        ((pd.Series(["a", "b"]), [0, 1]), r"takes numbers.*tf\.constant"),
        (lambda: 3, "the function made no stream"),
        (iter([(NUMBERS, NUMBERS)]), "steps_per_epoch=N"),
        (tf.data.Dataset.from_tensors((NUMBERS, NUMBERS)).repeat(), "has no end"),
    ],
)
def test_what_does_not_pair_or_end_is_refused(data, message):
    with pytest.raises(DataError, match=message):
        take_in(data)


def test_a_stream_needs_a_validation_part_of_its_own():
    stream = take_in(tf.data.Dataset.from_tensors((NUMBERS, NUMBERS)))

    with pytest.raises(DataError, match="Give the validation part: validation=dataset"):
        hold_out(stream, seed=0)


def batches():
    yield from ((NUMBERS[at : at + 5], NUMBERS[at : at + 5]) for at in range(0, ROWS, 5))


def test_a_function_makes_the_same_batches_for_each_trial():
    data = take_in(batches, steps=6)

    first, second = ([next(stream)[0][0] for _ in range(6)] for stream in (data.make(), data.make()))

    assert first == second == [0, 5, 10, 15, 0, 5]


def test_the_validation_part_of_a_generator_is_kept():
    data = take_in(batches(), steps=2, training=False)

    assert [batch[0][0] for batch in data.make()] == [batch[0][0] for batch in data.make()] == [0, 5]


def test_a_generator_that_is_read_on_is_told():
    assert "each trial sees" in take_in(batches(), steps=2).notes[0]
