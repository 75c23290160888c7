"""Weights of the trials that make a winner."""

from __future__ import annotations

import json

import pytest

from automl.core.errors import ConfigError
from automl.core.members import (
    Member,
    Winner,
    joined_winner,
    sole_winner,
    winner_from_json,
    winner_to_json,
)


def test_one_trial_alone_counts_for_all():
    assert sole_winner(7).members == (Member(trial=7, weight=1.0),)


def test_weights_are_brought_to_a_sum_of_one_the_heaviest_first():
    winner = joined_winner({3: 1, 5: 3, 8: 0})

    assert winner.members == (Member(trial=5, weight=0.75), Member(trial=3, weight=0.25))
    assert winner.weights == {5: 0.75, 3: 0.25}


@pytest.mark.parametrize("weights", [{}, {1: 0.0}, {1: -1.0, 2: 2.0}, {1: float("nan")}, {1: float("inf")}])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ConfigError, match="expected weights"):
        joined_winner(weights)


@pytest.mark.parametrize(
    "members",
    [(), (Member(trial=1, weight=0.5),), (Member(trial=1, weight=0.5), Member(trial=1, weight=0.5))],
)
def test_a_winner_has_different_members_whose_weights_sum_to_one(members):
    with pytest.raises(ConfigError, match="members: expected"):
        Winner(members=members)


def test_a_winner_comes_back_from_json():
    winner = joined_winner({2: 1, 9: 2})

    assert winner_from_json(json.loads(json.dumps(winner_to_json(winner)))) == winner
