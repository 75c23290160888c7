"""Measured coverage: batch by batch, by group, step and target, and across held-out rows."""

from __future__ import annotations

import numpy as np
import pytest

from automl.tasks.conformal.amounts import OF_AMOUNTS
from automl.tasks.conformal.classes import OF_CLASSES
from automl.tasks.conformal.forecasts import OF_FORECASTS
from automl.tasks.conformal.measured import Measured, crossed, wilson
from tests.tasks.conformal.cases import amounts, classes, forecasts


def test_batches_add_up() -> None:
    kept, new = OF_AMOUNTS.scored(amounts(500, groups=True)), amounts(400, 1, groups=True)
    whole, parts = (Measured(asked=0.9, size="mean width", by="mood") for _ in range(2))

    whole.add(OF_AMOUNTS.tell(kept, new, 0.9), new)
    for rows in np.array_split(np.arange(400), 3):
        parts.add(OF_AMOUNTS.tell(kept, new.take(rows), 0.9), new.take(rows))

    found, expected = parts.result(), whole.result()
    assert found["measured"] == pytest.approx(expected["measured"])
    assert found["size"] == pytest.approx(expected["size"])
    assert {name: item["rows"] for name, item in found["groups"].items()} == {
        name: item["rows"] for name, item in expected["groups"].items()
    }
    low, high = found["interval"]
    assert low < found["measured"] < high


def test_forecasts_are_told_by_step() -> None:
    found = crossed(OF_FORECASTS, forecasts(300), [0.8])[0.8].result()

    assert [item["step"] for item in found["steps"]] == [1, 2]
    assert "interval" not in found  # windows overlap
    assert found["measured"] == pytest.approx(0.8, abs=0.07)


def test_a_cross_validation_judges_each_row_once_by_the_others() -> None:
    found = crossed(OF_CLASSES, classes(1000), [0.8, 0.9])

    assert [item.whole.rows for item in found.values()] == [1000, 1000]
    assert found[0.9].result()["measured"] == pytest.approx(0.9, abs=0.03)


def test_a_coverage_that_needs_more_rows_is_left_out() -> None:
    assert list(crossed(OF_AMOUNTS, amounts(30), [0.5, 0.9, 0.99])) == [0.5, 0.9]


@pytest.mark.parametrize(("share", "rows"), [(0.0, 10), (0.9, 100), (1.0, 5)])
def test_an_interval_of_a_share_holds_it_and_stays_a_share(share: float, rows: int) -> None:
    low, high = wilson(share, rows)

    assert 0 <= low <= share <= high <= 1
    assert high > low
