"""Weights of rows: a column that is no feature and counts in the loss."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError, InputError
from automl.core.targets import TARGET, WEIGHT
from automl.data.modalities.tabular import TABULAR
from automl.data.modality import ReadOptions
from automl.data.row_weights import row_weights
from automl.data.source import open_source
from automl.tasks.losses import JoinedLoss, WeighedLoss

FRAME = pd.DataFrame(
    {
        "x": np.linspace(0, 1, 40),
        "w": ["0", "1", "2", "1"] * 10,
        "y": ["no", "yes"] * 20,
    }
)


def test_the_column_is_no_feature_and_rows_of_weight_0_are_left_out():
    dataset = TABULAR.read(open_source(FRAME), ReadOptions(target=("y",), weight_column="w"))

    assert dataset.columns == ("x",)
    assert len(dataset.examples) == 30
    assert dataset.examples.weights.tolist() == [1, 2, 1] * 10
    assert dataset.examples.take(np.array([1, 0])).weights.tolist() == [2, 1]
    assert any("10 of 40 rows have weight 0" in note for note in dataset.notes)
    assert not any("no target" in note for note in dataset.notes)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["1", "", "1"], r"weight of at least 0 .* got '' in row 1"),
        ([1.0, 1.0, -2.0], "got .*-2.0.* in row 2"),
        ([1.0, np.inf, 1.0], "row 1"),
        (["1", "much", "1"], "got 'much'"),
        ([0, 0, 0], "all weights in column 'w' are 0"),
    ],
)
def test_what_is_no_weight_is_refused(cells, message):
    with pytest.raises(DataError, match=message):
        row_weights(pd.DataFrame({"w": cells}), "w", "data.csv")


def test_the_target_cannot_weigh_rows():
    with pytest.raises(DataError, match="weight-column"):
        TABULAR.read(open_source(FRAME), ReadOptions(target=("y",), weight_column="y"))


def test_data_without_rows_is_refused():
    import automl

    pixels = np.zeros((30, 4, 4, 1), np.uint8), np.arange(30) % 2
    with pytest.raises(InputError, match="weight_column"):
        automl.search(pixels, weight_column="w", verbose=0)


@pytest.mark.parametrize("own", [None, np.array([1.0, 0.0], np.float32)])
def test_each_example_counts_with_its_weight(own):
    plain = JoinedLoss({TARGET: keras.losses.MeanSquaredError()})
    loss = WeighedLoss.from_config(WeighedLoss(plain).get_config())
    weights = np.array([0.5, 1.5], np.float32)
    truth = {TARGET: np.array([[0.0], [0.0]], np.float32), WEIGHT: weights}
    answer = {TARGET: np.array([[1.0], [2.0]], np.float32)}

    expected = np.mean(np.array([1.0, 4.0]) * weights * (1.0 if own is None else own))
    assert float(loss(truth, answer, own)) == pytest.approx(expected)
