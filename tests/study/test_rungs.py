"""Rungs: where trials are judged, and who of those that wait goes on."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.study.rungs import ETA, Standing, ladder, leaders, promotable

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


def stand(number, reached=1, *, paused=True):
    return Standing(number=number, reached=reached, paused=paused)


def test_one_in_three_goes_on():
    waiting = [stand(number) for number in range(6)]

    assert promotable(waiting[:2], [[0, 1]]) is None
    assert promotable(waiting[:3], [[2, 0, 1]]) == 2
    assert promotable(waiting, [[2, 0, 1, 3, 4, 5]]) == 2


def test_the_second_of_six_goes_on_after_the_first():
    standings = [stand(2, 2), *(stand(number) for number in (0, 1, 3, 4, 5))]

    assert promotable(standings, [[2, 0, 1, 3, 4, 5], [2]]) == 0


def test_no_one_goes_on_while_the_best_are_in_training():
    standings = [stand(2, paused=False), *(stand(number) for number in (0, 1, 3, 4))]

    assert promotable(standings, [[2, 0, 1, 3, 4]]) is None


def test_a_rung_that_passed_on_half_of_its_trials_waits_for_more():
    late = [stand(0, 2), stand(1, 2), stand(2), stand(3)]

    assert promotable(late, [[2, 3, 0, 1], [1, 0]]) is None
    assert promotable([*late, stand(4)], [[2, 3, 4, 0, 1], [1, 0]]) == 2


def test_the_least_number_does_not_mind_who_went_on_before():
    standings = [*(stand(number, 2, paused=False) for number in range(4)), stand(4)]

    assert promotable(standings, [[4, 3, 2, 1, 0], [3, 2, 1, 0]]) is None
    assert promotable(standings, [[4, 3, 2, 1, 0], [3, 2, 1, 0]], least=1) == 4


def test_the_highest_rung_decides_first():
    standings = [*(stand(number) for number in range(6)), *(stand(number, 2) for number in (6, 7, 8))]
    ranks = [[0, 1, 6, 7, 8, 2, 3, 4, 5], [8, 7, 6]]

    assert promotable(standings, ranks) == 8


@given(waiting=st.integers(1, 8), least=st.integers(1, 4))
def test_the_least_number_goes_on_however_few_there_are(waiting, least):
    ranks, went_on = [list(range(waiting))], []
    while True:
        standings = [
            stand(number, 2, paused=False) if number in went_on else stand(number)
            for number in range(waiting)
        ]
        number = promotable(standings, ranks, least=least)
        if number is None:
            break
        went_on.append(number)

    assert went_on == list(range(min(waiting, max(least, waiting // ETA))))


def test_leaders_are_by_rung_from_above_then_by_rank():
    standings = [stand(0), stand(1, 2), stand(2), stand(3, 2, paused=False), stand(4, 2)]

    assert leaders(standings, [[2, 1, 0, 3, 4], [3, 4, 1]]) == [4, 1, 2, 0]
