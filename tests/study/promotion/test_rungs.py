"""Rungs: where trials are judged, and who of those that wait goes on."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.study.promotion.rungs import ETA, OPEN, highest_rung, ladder, leader, leaders, promotable

EPOCHS = st.integers(1, 10_000)


@given(epochs=EPOCHS, first=st.integers(1, 9), eta=st.integers(2, 5))
def test_a_ladder_rises_and_ends_at_full_length(epochs, first, eta):
    levels = ladder(epochs, first=first, eta=eta)

    assert levels[-1] == epochs
    assert all(low < high for low, high in pairwise(levels))


@given(epochs=EPOCHS)
def test_neighbouring_rungs_are_well_apart(epochs):
    levels = ladder(epochs)

    ratios = [high / low for low, high in pairwise(levels)]
    assert all(ratio >= math.sqrt(ETA) - 1e-9 for ratio in ratios)
    assert all(ratio == ETA for ratio in ratios[:-1])


@pytest.mark.parametrize(
    ("epochs", "levels"),
    [(1, (1,)), (3, (3,)), (4, (2, 4)), (20, (2, 6, 20)), (30, (2, 6, 30)), (100, (2, 6, 18, 54, 100))],
)
def test_the_rungs_of_usual_lengths(epochs, levels):
    assert ladder(epochs) == levels


def first(waiting, ranks, **options):
    return next(promotable(waiting, ranks, **options), None)


def at(rung, *numbers):
    return dict.fromkeys(numbers, rung)


def test_one_in_three_goes_on():
    assert first(at(1, 0, 1), [[0, 1]]) is None
    assert first(at(1, 0, 1, 2), [[2, 0, 1]]) == 2
    assert first(at(1, *range(6)), [[2, 0, 1, 3, 4, 5]]) == 2


def test_the_second_of_six_goes_on_after_the_first():
    waiting = at(2, 2) | at(1, 0, 1, 3, 4, 5)

    assert first(waiting, [[2, 0, 1, 3, 4, 5], [2]]) == 0


def test_whoever_may_go_on_comes_in_the_order_of_ranks():
    assert list(promotable(at(1, *range(9)), [[8, 5, 7, 0, 1, 2, 3, 4, 6]])) == [8, 5, 7]


def test_no_one_goes_on_while_the_best_are_in_training():
    assert first(at(1, 0, 1, 2, 3, 4), [[2, 0, 1, 3, 4]], training=[2]) is None


def test_a_rung_that_passed_on_half_of_its_trials_waits_for_more():
    late = at(2, 0, 1) | at(1, 2, 3)

    assert first(late, [[2, 3, 0, 1], [1, 0]]) is None
    assert first(late | at(1, 4), [[2, 3, 4, 0, 1], [1, 0]]) == 2


def test_those_in_training_count_among_whom_a_rung_passed_on():
    waiting, ranks = at(1, 1, 2, 3, 4, 5) | at(2, 0), [[2, 1, 3, 0, 4, 5], [0]]

    assert first(waiting, ranks, training=[4]) == 2
    assert first(waiting, ranks, training=[4, 5]) is None


def test_the_least_number_does_not_mind_who_went_on_before():
    ranks = [[4, 3, 2, 1, 0], [3, 2, 1, 0]]

    assert first(at(1, 4), ranks) is None
    assert first(at(1, 4), ranks, least=1) == 4


def test_the_highest_rung_decides_first():
    waiting = at(1, *range(6)) | at(2, 6, 7, 8)

    assert first(waiting, [[0, 1, 6, 7, 8, 2, 3, 4, 5], [8, 7, 6]]) == 8


def test_at_the_highest_rung_only_the_least_number_goes_on():
    waiting, ranks = at(1, 3, 4, 5) | at(2, 0, 1, 2), [[0, 1, 2, 3, 4, 5], [0, 1, 2]]

    assert first(waiting, ranks, highest=3) == 0
    assert first(waiting, ranks, highest=2) is None
    assert first(waiting, ranks, highest=2, least=1) == 0


@pytest.mark.parametrize(
    ("second", "third", "highest"),
    [
        ([0, 1, 2], [], 2),
        ([0, 2, 1], [], 2),
        ([1, 0, 2], [], 3),
        ([1, 0, 2], [1], 3),
        ([1, 0, 2], [1, 0], 3),
        ([1, 0, 2], [0, 1], 4),
    ],
)
def test_the_highest_rung_grows_where_the_best_are_others_than_before(second, third, highest):
    ranks = [[3, 0, 1, 4, 2], second, third]

    assert highest_rung([rung for rung in ranks if rung]) == highest


def test_without_results_the_first_rungs_are_open():
    assert [highest_rung(ranks) for ranks in ([], [[0, 1, 2]])] == [OPEN, OPEN]


@given(waiting=st.integers(1, 8), least=st.integers(1, 4))
def test_the_least_number_goes_on_however_few_there_are(waiting, least):
    ranks, went_on = [list(range(waiting))], []
    while True:
        number = first(at(1, *(set(range(waiting)) - set(went_on))), [*ranks, went_on], least=least)
        if number is None:
            break
        went_on.append(number)

    assert went_on == list(range(min(waiting, max(least, waiting // ETA))))


def test_the_leader_is_by_rung_from_above_then_by_rank():
    waiting, ranks = at(1, 0, 2) | at(2, 1, 4), [[2, 1, 0, 3, 4], [3, 4, 1]]

    assert leader(waiting, ranks) == 4
    assert leader(waiting, ranks, training=[4]) == 1
    assert leader(waiting, ranks, training=[4, 1]) == 2
    assert leader({}, ranks) is None


def test_the_leaders_are_the_best_of_each_rung_that_wait_there():
    ranks = [[2, 0, 1], [0, 2], [2]]

    assert list(leaders({0: 2, 1: 1}, ranks)) == [0]
    assert list(leaders({0: 2, 2: 3}, ranks)) == [0, 2]
    assert list(leaders({0: 2, 2: 3}, ranks, training=[0])) == [2]
