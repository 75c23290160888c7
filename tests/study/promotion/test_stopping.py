"""When a search without a budget ends."""

from __future__ import annotations

import math

import pytest

from automl.core.specs import Objective, TrialRecord
from automl.spaces.parameters import Float
from automl.spaces.space import SearchSpace
from automl.study.opening import open_proposer
from automl.study.promotion.stopping import LEAST_TRIALS, MOST_TRIALS, REPEATS, noise_of, repeat_of, why_end
from automl.study.proposer import UNLIMITED, Horizon

LOSS = Objective(name="loss", direction="minimize")
OPEN = Horizon(open=True)


def complete(number, score, place=0.0, **facts):
    return TrialRecord(
        number=number, configuration={"place": place}, state="complete", scores=(score,), **facts
    )


def test_the_best_is_trained_again_when_enough_was_tried_and_only_so_often():
    records = [complete(number, 1.0 + number, number / 100) for number in range(LEAST_TRIALS)]
    assert repeat_of(records, LOSS, 0) == {"place": 0.0}
    assert repeat_of(records[:5], LOSS, 0) is None
    assert repeat_of(records, LOSS, REPEATS) is None


def test_folds_make_repeats_needless():
    records = [complete(number, 1.0 + number, spread=0.2) for number in range(LEAST_TRIALS)]
    assert repeat_of(records, LOSS, 0) is None
    assert noise_of(records, LOSS) == 0.2


def test_the_noise_is_the_spread_of_repeated_trainings():
    repeated = [complete(number, score) for number, score in enumerate((1.0, 2.0, 3.0))]
    assert noise_of(repeated, LOSS) == pytest.approx(1.0)
    assert noise_of(repeated[:2], LOSS) is None


@pytest.mark.parametrize(
    ("begun", "gain", "noise", "ends"),
    [(30, 0.1, 0.2, True), (30, 0.3, 0.2, False), (5, 0.1, 0.2, False), (30, None, 0.2, False)],
)
def test_it_ends_when_less_is_to_be_won_than_the_noise(begun, gain, noise, ends):
    assert bool(why_end(begun, gain, noise, LOSS)) is ends


def test_it_ends_after_the_most_trials_whatever_is_known():
    assert f"after {MOST_TRIALS} trials" in why_end(MOST_TRIALS, None, None, LOSS)


def searched(folder, horizon, most, noisy=0.05):
    """Search a bowl whose values have noise, until the proposer ends it."""
    space = SearchSpace(
        name="bowl", epochs=1, parameters=(Float(name="place", low=0.0, high=1.0, default=0.9),)
    )
    proposer = open_proposer(folder=folder, name="bowl", space=space, objectives=(LOSS,), pruner="none")
    origins = []
    while len(origins) < most and (proposal := proposer.ask(horizon)) is not None:
        origins.append(proposal.origin)
        place = proposal.configuration["place"]
        score = (place - 0.3) ** 2 + noisy * math.sin(1e3 * proposal.number)
        proposer.tell(complete(proposal.number, score, place, origin=proposal.origin), {})
    return proposer, origins


def test_an_open_search_repeats_the_best_and_ends_with_a_reason(tmp_path):
    proposer, origins = searched(tmp_path, OPEN, MOST_TRIALS)
    assert origins.count("repeat") == REPEATS
    assert LEAST_TRIALS <= len(origins) < MOST_TRIALS
    assert "less than the noise" in proposer.ended


def test_a_search_with_a_budget_neither_repeats_nor_ends(tmp_path):
    proposer, origins = searched(tmp_path, UNLIMITED, 30)
    assert (len(origins), origins.count("repeat"), proposer.ended) == (30, 0, "")
