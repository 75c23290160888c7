"""Parameters that matter are told from those that do not, with their direction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.jobs.report.importance import ENOUGH, compared, differing, importances
from tests.jobs.report.searches import ACCURACY, RMSE, many, rungs, trial


def found(trials, objective=ACCURACY):
    return {item.name: item for item in importances(compared(trials), objective)}


def test_what_made_the_score_comes_first_and_chance_is_near_nothing():
    told = found(many(60))

    assert next(iter(told)) == "width"
    assert told["width"].clear
    assert told["width"].share > 0.6
    assert told["batch_size"].share < 0.15


def test_directions_are_told_in_words():
    told = found(many(60))

    assert told["width"].direction.startswith("↑ +0.")
    assert found(many(200))["activation"].direction == "gelu"
    assert found(many(60), RMSE)["width"].direction.startswith("↓ -0.")


def test_what_is_best_in_the_middle_has_no_direction_and_still_matters():
    random = np.random.default_rng(1)
    values = random.uniform(0, 1, 80)
    trials = [trial(at, float(1 - (x - 0.5) ** 2), with_={"rate": float(x)}) for at, x in enumerate(values)]

    told = found(trials)["rate"]

    assert told.share > 0.5
    assert told.direction.startswith("0.")


def test_by_chance_alone_nothing_matters_on_average():
    random = np.random.default_rng(2)
    shares, clear = [], []
    for _ in range(200):
        trials = [
            trial(at, float(random.normal()), with_={"rate": float(random.normal())}) for at in range(12)
        ]
        told = found(trials)["rate"]
        shares.append(told.share)
        clear.append(told.clear)

    assert np.mean(shares) < 0.1
    assert 0.85 < 1 - np.mean(clear) <= 1


def test_of_too_few_trials_nothing_is_told():
    assert importances(compared(many(ENOUGH - 1)), ACCURACY) == []


def test_trials_are_compared_at_the_last_rung_that_enough_of_them_reached():
    trials = [
        replace(item, state="pruned", rungs=rungs(0.5, 0.6) if item.number < 12 else rungs(0.4))
        for item in many(20)
    ]

    same = compared(trials)

    assert same.when == "after 6 epochs"
    assert (len(same.trials), set(same.scores)) == (12, {0.6})


def test_fully_trained_trials_are_compared_where_there_are_enough():
    assert compared(many(ENOUGH)).when == "when fully trained"


def test_parameters_that_never_change_are_none():
    assert differing([trial(0, 0.5, with_={"a": 1, "b": 2}), trial(1, 0.5, with_={"a": 1, "b": 3})]) == [
        "b"
    ]


@pytest.mark.parametrize("value", [True, "adam", None])
def test_words_yes_and_no_and_gaps_can_be_compared(value):
    other = {True: False, "adam": "sgd", None: 3}[value]
    trials = [trial(at, 0.5 + 0.1 * (at % 2), with_={"a": other if at % 2 else value}) for at in range(20)]

    told = found(trials)

    assert ("a" in told) == (value is not None)
