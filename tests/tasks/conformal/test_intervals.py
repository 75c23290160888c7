"""Intervals around amounts and forecasts: how often they hold the truth, and where they are wide."""

from __future__ import annotations

import numpy as np
import pytest

from automl.tasks.conformal.amounts import OF_AMOUNTS
from automl.tasks.conformal.forecasts import CHANGES, OF_FORECASTS, PLAIN, VARIES
from tests.tasks.conformal.cases import amounts, forecasts


@pytest.mark.parametrize("coverage", [0.5, 0.9])
def test_they_hold_the_truth_as_often_as_asked_for(coverage: float) -> None:
    told = OF_AMOUNTS.tell(OF_AMOUNTS.scored(amounts(2000)), amounts(4000, 1), coverage)

    inside, width = told.held(amounts(4000, 1))

    assert inside.shape == width.shape == (4000, 1, 1)
    assert inside.mean() == pytest.approx(coverage, abs=0.02)


def test_they_are_wide_where_errors_are_large() -> None:
    kept, new = OF_AMOUNTS.scored(amounts(2000, funnel=True)), amounts(4000, 1, funnel=True)

    inside, width = OF_AMOUNTS.tell(kept, new, 0.9).held(new)

    answer = new.predictions["target"][:, 0]
    assert np.corrcoef(answer, width[:, 0, 0])[0, 1] > 0.9
    small, large = answer < np.quantile(answer, 0.2), answer > np.quantile(answer, 0.8)
    assert inside[small].mean() == pytest.approx(0.9, abs=0.04)
    assert inside[large].mean() == pytest.approx(0.9, abs=0.04)


def test_errors_of_one_size_give_intervals_of_one_width() -> None:
    kept = OF_AMOUNTS.scored(amounts(1000))

    _, width = OF_AMOUNTS.tell(kept, amounts(50, 1), 0.9).held(amounts(50, 1))

    assert not kept.facts
    assert np.ptp(width) == pytest.approx(0, abs=1e-9)


def test_each_group_has_its_own_width() -> None:
    kept, new = OF_AMOUNTS.scored(amounts(2000, groups=True)), amounts(4000, 1, groups=True)

    inside, width = OF_AMOUNTS.tell(kept, new, 0.9).held(new)

    assert new.groups is not None
    rough = new.groups == "rough"
    assert width[rough].mean() > 2.5 * width[~rough].mean()
    for group in (rough, ~rough):
        assert inside[group].mean() == pytest.approx(0.9, abs=0.03)


def test_columns_bear_the_names_of_several_targets() -> None:
    told = OF_AMOUNTS.tell(OF_AMOUNTS.scored(amounts(100)), amounts(5), 0.9)

    assert list(told.columns(amounts(5), [])) == ["lower", "upper"]


def test_forecasts_are_less_sure_with_each_step() -> None:
    kept, new = OF_FORECASTS.scored(forecasts(600)), forecasts(600, 1)

    inside, width = OF_FORECASTS.tell(kept, new, 0.8).held(new)

    assert inside.mean(axis=(0, 2)) == pytest.approx([0.8, 0.8], abs=0.05)
    assert width[:, 1].mean() > 1.2 * width[:, 0].mean()
    assert int(kept.facts["unit"]) == PLAIN
    columns = OF_FORECASTS.tell(kept, new, 0.8).columns(new, [])
    assert [len(column) for column in columns.values()] == [1200, 1200]


def test_rough_times_have_wide_forecasts() -> None:
    kept, new = OF_FORECASTS.scored(forecasts(600, restless=True)), forecasts(600, 1, restless=True)

    inside, width = OF_FORECASTS.tell(kept, new, 0.8).held(new)

    change = np.abs(np.diff(new.inputs["series"], axis=1)).mean(axis=(1, 2))
    assert int(kept.facts["unit"]) in (VARIES, CHANGES)
    assert width[change > 1].mean() > 5 * width[change < 1].mean()
    assert inside.mean() == pytest.approx(0.8, abs=0.06)
