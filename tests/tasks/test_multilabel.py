"""Several yes/no labels: each is predicted by itself."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.core.targets import named
from automl.tasks.catalog import fit_task


def test_multilabel_columns_are_independent() -> None:
    task = fit_task("multilabel", named(np.array([[0, 1], [1, 1]])), names=("rain", "wind"), facts={})

    columns = task.decode(task.finish(named(np.array([[2.0, -2.0]]))))

    assert {name: value[0] for name, value in columns.items()} == pytest.approx(
        {"rain": 1, "wind": 0, "probability_rain": 0.8808, "probability_wind": 0.1192}, abs=1e-4
    )
    assert task.declaration.default_metric.name == "f1_macro"


@pytest.mark.parametrize("wrong", [np.array([[0, 2]]), np.array([[0.0, np.nan]]), np.array([[1, 0, 1]])])
def test_multilabel_takes_only_0_and_1_in_its_columns(wrong: np.ndarray) -> None:
    task = fit_task("multilabel", named(np.eye(2)), names=("p", "q"), facts={})

    with pytest.raises(DataError, match="xpected"):
        task.encode(named(wrong))
