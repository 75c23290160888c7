"""Greedy selection: what gains for sure is added, what gains by chance is not."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from automl.jobs.finish.selection import MOST_MEMBERS, ROUNDS, Counts, Judge, Worth, select

N = 4000
RNG = np.random.default_rng(0)
TRUTH = RNG.normal(size=N)


def judge(predictions: dict[int, np.ndarray]) -> Judge:
    """By the root of the mean squared error."""

    def worth(counts: Counts, rows: np.ndarray) -> Worth:
        total = sum(counts.values())
        blend = sum(predictions[number][rows] * count for number, count in counts.items()) / total
        return Worth(error=float(np.sqrt(np.mean((blend - TRUTH[rows]) ** 2))))

    def on(rows: np.ndarray) -> Callable[[Counts], Worth]:
        return lambda counts: worth(counts, rows)

    return Judge(whole=on(np.arange(N)), halves=(on(np.arange(0, N, 2)), on(np.arange(1, N, 2))))


def noisy(*sizes: float) -> dict[int, np.ndarray]:
    """Trials whose errors are independent of each other."""
    return {number: TRUTH + RNG.normal(scale=size, size=N) for number, size in enumerate(sizes)}


def test_members_with_errors_of_their_own_share_the_weight():
    chosen = select([0, 1], judge(noisy(1.0, 1.0)), first=0)

    assert set(chosen) == {0, 1}
    assert chosen[0] / sum(chosen.values()) == pytest.approx(0.5, abs=0.1)


def test_a_worse_member_counts_for_less_and_a_useless_one_for_nothing():
    chosen = select([0, 1, 2], judge(noisy(1.0, 1.5, 30.0)), first=0)

    assert set(chosen) == {0, 1}
    assert chosen[0] > chosen[1]


def test_a_copy_of_the_best_is_no_member():
    (best,) = noisy(1.0).values()

    assert select([0, 1], judge({0: best, 1: best.copy()}), first=0) == {0: 1}


def test_what_gains_on_one_half_of_the_examples_only_is_no_member():
    (best,) = noisy(1.0).values()
    lucky = np.where(np.arange(N) % 2, TRUTH, best + 0.5 * (best - TRUTH))

    assert set(select([0, 1], judge({0: best, 1: lucky}), first=0)) == {0}


def test_members_and_rounds_are_limited():
    chosen = select(range(10), judge(noisy(*[1.0] * 10)), first=0)

    assert len(chosen) == MOST_MEMBERS
    assert sum(chosen.values()) <= ROUNDS


def test_without_time_the_best_stands_alone():
    assert select([0, 1], judge(noisy(1.0, 1.0)), first=0, until=0.0) == {0: 1}


@pytest.mark.parametrize(
    ("new", "old", "better"),
    [
        (Worth(error=0.1), Worth(error=0.2), True),
        (Worth(error=0.2), Worth(error=0.2), False),
        (Worth(error=0.2, loss=0.4), Worth(error=0.2, loss=0.5), True),
        (Worth(error=0.1, loss=0.6), Worth(error=0.2, loss=0.5), False),
        (Worth(error=0.1, feasible=False), Worth(error=0.2), False),
        (Worth(error=math.nan), Worth(error=0.2), False),
    ],
    ids=["error", "equal", "loss of equals", "lucky in few levels", "breaks a limit", "not a number"],
)
def test_a_gain_is_one_of_the_metric_that_the_loss_does_not_deny(new, old, better):
    assert new.improves(old) == better


def test_a_gain_below_the_share_asked_for_is_none():
    assert Worth(error=0.999).improves(Worth(error=1.0), least=1e-4)
    assert not Worth(error=0.999).improves(Worth(error=1.0), least=1e-2)
