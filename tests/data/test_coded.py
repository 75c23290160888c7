"""Long columns of texts take little room and read as before."""

from __future__ import annotations

import numpy as np

from automl.data.coded import LONG, Coded, compact
from automl.data.modality import Examples


def test_a_long_column_reads_as_before_in_a_quarter_of_the_room():
    texts = np.array(["a", "", "bé"] * LONG, object)

    column = compact(Examples(inputs={"x": texts})).inputs["x"]

    assert isinstance(column, Coded)
    assert (np.asarray(column) == texts).all()
    assert list(column[np.array([1, 5, 3])]) == ["", "bé", "a"]
    assert column.codes.nbytes * 4 == texts.nbytes


def test_short_columns_numbers_and_texts_that_differ_stay_as_they_are():
    columns = {
        "short": np.array(["a"] * 10, object),
        "numbers": np.zeros(2 * LONG),
        "different": np.array([str(row) for row in range(LONG)], object),
    }

    kept = compact(Examples(inputs=columns)).inputs

    assert all(kept[name] is column for name, column in columns.items())
