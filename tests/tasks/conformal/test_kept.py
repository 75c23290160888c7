"""Ranks of held-out errors: what they promise, from how many rows on, and by which group."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.tasks.conformal.amounts import OF_AMOUNTS
from automl.tasks.conformal.kept import Kept, bound, by_group, least_rows, refuse_few
from tests.tasks.conformal.cases import amounts


@pytest.mark.parametrize(("rows", "share"), [(9, 0.9), (19, 0.9), (100, 0.8), (57, 0.35)])
def test_a_new_score_exceeds_its_bound_as_seldom_as_promised(rows: int, share: float) -> None:
    # of n + 1 scores that might have come in any order, each is the new one with the same probability
    scores = np.arange(rows + 1.0)

    held = [scores[new] <= bound(np.delete(scores, new), share) for new in range(rows + 1)]

    assert share <= np.mean(held) < share + 1 / (rows + 1)


@pytest.mark.parametrize(
    ("coverage", "two_sided", "least"), [(0.9, False, 9), (0.9, True, 19), (0.5, True, 3)]
)
def test_few_rows_promise_nothing(coverage: float, two_sided: bool, least: int) -> None:
    share = (1 + coverage) / 2 if two_sided else coverage

    assert least_rows(coverage, two_sided=two_sided) == least
    assert np.isfinite(bound(np.zeros(least), share))
    assert np.isinf(bound(np.zeros(least - 1), share))


def test_a_coverage_that_needs_more_rows_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"0\.99 needs at least 199 held-out rows, this job has 100"):
        refuse_few(Kept(scores=np.zeros((100, 1))), OF_AMOUNTS, 0.99)


def test_groups_that_are_small_or_new_go_by_all_scores() -> None:
    names = np.array(["a"] * 60 + ["b"] * 5, object)
    kept = Kept(scores=np.arange(65.0)[:, None], groups=names)
    case = amounts(4, groups=True)
    object.__setattr__(case, "groups", np.array(["b", "a", "new", "a"], object))

    found = {tuple(rows): len(scores) for rows, scores in by_group(kept, case)}

    assert found == {(1, 3): 60, (0, 2): 65}
    assert kept.shared() == ("b",)
