"""Models of raw texts and dates, on a backend that can hold these and on one that cannot."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.data.modalities.tabular import TABULAR
from automl.data.modality import Dataset, ReadOptions
from automl.data.preprocessing.text import fit_text
from automl.data.raw_model import predict, predict_batch
from automl.data.source import open_source

DAYS = ["1899-12-31 23:00:00", "2024-02-29 12:30:00", "", "2100-03-01 00:00:00"]
ROWS = 40


@pytest.fixture
def dataset() -> Dataset:
    frame = pd.DataFrame(
        {
            "town": [("Bonn", "Ulm", "")[row % 3] for row in range(ROWS)],
            "day": [DAYS[row % 4] for row in range(ROWS)],
            "y": [("no", "yes")[row % 2] for row in range(ROWS)],
        }
    )
    return TABULAR.read(open_source(frame), ReadOptions(target=("y",)))


def test_words_and_dates_become_codes(dataset: Dataset) -> None:
    tensors = TABULAR.fit(dataset, np.arange(ROWS), 0).transform(dataset.examples)

    months, weekdays, hours, towns = tensors["categorical"].T
    assert months[:4].tolist() == [12, 2, 0, 3]
    assert weekdays[:4].tolist() == [7, 4, 0, 1]
    assert hours[:4].tolist() == [24, 13, 0, 1]
    assert towns[0] == towns[3] != towns[1]
    assert towns[2] == 0


def test_the_last_batch_may_be_a_short_one(dataset: Dataset) -> None:
    model = TABULAR.fit(dataset, np.arange(ROWS), 0).model
    inputs = {name: array[:7] for name, array in dataset.examples.inputs.items()}

    whole, portions = predict_batch(model, inputs), predict(model, inputs, batch_size=3)

    for name, tensor in whole.items():
        np.testing.assert_array_equal(portions[name], tensor)


def test_texts_become_ids_of_words() -> None:
    texts = np.array(["red green red", "green blue", "red", "blue blue green"], dtype=object)
    preprocessing = fit_text(texts, np.array([[True], [False], [True], [False]]))

    tokens = predict(preprocessing.model, {"text": texts}, batch_size=3)["tokens"]

    assert tokens[0, 0] == tokens[0, 2] == tokens[2, 0]
    assert tokens[0, 1] == tokens[1, 0] == tokens[3, 2]
    assert tokens[2, 1:].tolist() == [0] * (tokens.shape[1] - 1)
