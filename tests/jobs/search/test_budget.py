"""What is kept back of the time, so that a search ends when it was told to."""

from __future__ import annotations

import pytest

from automl.jobs.search.budget import budget_from


@pytest.mark.parametrize(("seconds", "kept"), [(8, 2), (30, 7), (60, 7), (120, 12), (3600, 20)])
def test_time_to_load_and_check_the_model_is_kept_back_however_short_the_search(
    seconds: float, kept: float
) -> None:
    budget = budget_from(None, seconds, started=100.0, used=0.0)

    assert budget.end == 100.0 + seconds
    assert budget.deadline == pytest.approx(100.0 + seconds - kept)
