"""Requests of few rows are read and predicted as one, and told apart again."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from sklearn.datasets import load_wine

from automl.core.errors import DataError
from automl.data.source import Source
from automl.serving.answering import Answering
from tests.served import same


def source(frame: pd.DataFrame) -> Source:
    return Source(kind="frame", name="rows", content=frame.reset_index(drop=True))


@pytest.fixture(scope="module")
def wine() -> pd.DataFrame:
    return load_wine(as_frame=True).data


@pytest.fixture(scope="module")
def answering(wine_job):
    made = Answering(wine_job)
    yield made
    made.close()


def test_tables_read_as_one_have_the_answers_that_each_has_alone(answering, wine):
    parts = [source(wine.iloc[:2]), source(wine.iloc[100:101]), source(wine.iloc[170:173])]

    together = answering._together(parts)

    for part, found in zip(parts, together, strict=True):
        alone = answering._alone(part, answering._predicted)
        pd.testing.assert_frame_equal(found.table, alone.table, rtol=1e-4)
        assert found.notes == alone.notes == ()
        assert json.dumps(found.as_json(), allow_nan=False)
        assert same(found.as_json()["predictions"], alone.as_json()["predictions"])
        assert found.as_csv().splitlines()[0] == alone.as_csv().splitlines()[0]


def test_each_is_told_of_its_own_rows(answering, wine):
    odd = wine.iloc[:2].astype(object)
    odd.iloc[0, 0] = "strong"
    parts = [source(wine.iloc[5:6].astype(object)), source(odd)]

    first, second = answering._together(parts)

    assert first.notes == ()
    assert "Column 'alcohol': 1 of 2 cells" in second.notes[0]


def test_a_table_that_cannot_be_read_is_refused_by_itself(answering, wine):
    with pytest.raises(DataError, match="missing columns"):
        answering.answer(source(wine[["alcohol"]]))
    assert len(answering.answer(source(wine)).table) == len(wine)
