"""What is kept back of the time, so that a search ends when it was told to."""

from __future__ import annotations

from typing import Any

import pytest

from automl.jobs.search.budget import budget_from


@pytest.mark.parametrize(("seconds", "kept"), [(8, 2), (30, 7), (60, 7), (120, 12), (3600, 20)])
def test_time_to_load_and_check_the_model_is_kept_back_however_short_the_search(
    seconds: float, kept: float
) -> None:
    budget = budget_from(None, seconds, started=100.0, used=0.0)

    assert budget.end == 100.0 + seconds
    assert budget.deadline == pytest.approx(100.0 + seconds - kept)


@pytest.mark.parametrize(("finishing", "kept"), [(5.0, 7.0), (9.5, 9.5), (60.0, 15.0)])
def test_more_is_kept_back_where_the_end_is_seen_to_take_longer_up_to_a_quarter(
    finishing: float, kept: float
) -> None:
    budget = budget_from(None, 60.0, started=100.0, used=0.0).keeping(finishing)

    assert budget.deadline == pytest.approx(160.0 - kept)
    assert budget.seconds == pytest.approx(60.0 - kept)
    assert budget.end == 160.0


@pytest.mark.parametrize("more", [{"repeats": 5.0}, {"reads_all": True}, {"last_trainings": 2}])
def test_a_long_job_that_is_given_a_little_more_time_searches_in_it(more: dict[str, Any]) -> None:
    budget = budget_from(None, 3600.0 + 120.0, started=100.0, used=3600.0, **more)

    assert budget.end == 220.0
    assert budget.deadline is not None
    assert budget.deadline - 100.0 >= 0.25 * 120.0


def test_whatever_is_to_follow_there_is_time_for_trials() -> None:
    budget = budget_from(None, 20.0, started=100.0, used=0.0, reads_all=True, repeats=5.0, last_trainings=2)

    assert budget.deadline == pytest.approx(100.0 + 5.0)
    assert budget.keeping(60.0) == budget
