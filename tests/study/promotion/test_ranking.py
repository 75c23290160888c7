"""Who is better: one objective, several, and limits that come before scores."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.core.specs import Objective
from automl.study.promotion.ranking import Ranking, order

UP = Objective(name="accuracy", direction="maximize")
DOWN = Objective(name="parameters", direction="minimize")
PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12)


def test_nothing_has_no_order():
    assert order([], [UP]) == []


@pytest.mark.parametrize(("objective", "best_first"), [(UP, [1, 2, 0]), (DOWN, [0, 2, 1])])
def test_one_objective_is_ordered_by_its_direction(objective, best_first):
    assert order([(0.1,), (0.9,), (0.5,)], [objective]) == best_first


@pytest.mark.parametrize("objective", [UP, DOWN])
@pytest.mark.parametrize("lost", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_last(objective, lost):
    assert order([(lost,), (0.9,), (0.5,)], [objective])[-1] == 0


def test_equal_results_keep_their_order():
    assert order([(0.5,), (0.5,), (0.5,)], [UP]) == [0, 1, 2]


def test_limits_come_before_scores_and_less_excess_before_more():
    assert order([(0.9,), (0.1,), (0.99,), (0.2,)], [UP], [0.5, 0.0, 0.1, -3.0]) == [3, 1, 2, 0]


@given(pairs=PAIRS)
def test_who_is_dominated_stands_behind_who_dominates(pairs):
    places = {number: place for place, number in enumerate(order(pairs, [UP, DOWN]))}

    assert sorted(places) == list(range(len(pairs)))
    for one, (up, down) in enumerate(pairs):
        for other, (less, more) in enumerate(pairs):
            if up >= less and down <= more and (up, down) != (less, more):
                assert places[one] < places[other]


def test_in_a_front_the_ends_come_first_and_the_crowded_last():
    front = [(0.1, 1.0), (0.5, 5.0), (0.52, 5.2), (0.9, 9.0)]

    assert order(front, [UP, DOWN])[:2] == [0, 3]


def test_a_lost_result_is_behind_every_front():
    assert order([(math.nan, 1.0), (0.5, 2.0), (0.4, 3.0)], [UP, DOWN])[-1] == 0


def test_limits_come_before_fronts():
    assert order([(0.9, 1.0), (0.1, 9.0)], [UP, DOWN], [0.2, 0.0]) == [1, 0]


def ranked(*results, objectives=(UP,)):
    ranking = Ranking(objectives)
    for number, rungs in enumerate(results):
        ranking.put(number, [(score,) for score in rungs])
    return ranking


def test_each_rung_has_an_order_of_its_own():
    assert ranked([0.1], [0.9, 0.2], [0.5, 0.3]).rungs == [[1, 2, 0], [2, 1]]


def test_whoever_reached_no_rung_is_the_last_of_the_first_one():
    ranking = ranked([], [0.1])
    ranking.put(2, [(0.9,)], excess=5.0)

    assert ranking.rungs == [[1, 2, 0]]


def test_a_result_takes_the_place_of_an_earlier_one():
    ranking = ranked([0.1], [0.5, 0.6])
    assert ranking.rungs == [[1, 0], [1]]

    ranking.put(0, [(0.1,), (0.7,)])
    assert ranking.rungs == [[1, 0], [0, 1]]

    ranking.put(1, [(0.5,), (0.6,)], excess=1.0)
    assert ranking.rungs == [[0, 1], [0, 1]]


@given(results=st.lists(st.lists(st.integers(0, 5), max_size=3), max_size=12), data=st.data())
def test_results_that_come_one_by_one_in_any_order_rank_as_all_at_once(results, data):
    ranking = Ranking([UP])
    for number in data.draw(st.permutations(range(len(results)))):
        for reached in range(min(1, len(results[number])), len(results[number]) + 1):
            ranking.put(number, [(score,) for score in results[number][:reached]])
            ranking.rungs  # noqa: B018 - what was sorted before must not show

    assert [rung for rung in ranking.rungs if rung] == [rung for rung in ranked(*results).rungs if rung]
