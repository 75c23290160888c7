"""Portfolios: how one is learned from past studies, and when its entries stop paying."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.specs import Objective, Rung, TrialRecord
from automl.spaces.parsing import parse_space
from automl.study.earlier.portfolio import Start, greedy, learned_portfolio, next_start, starts_of
from automl.study.earlier.warm_start import Earlier, EarlierResult, Gift
from automl.study.opening import open_proposer
from automl.study.proposer import UNLIMITED, Horizon
from tests.spaces.samples import sample_space

ACCURACY = Objective(name="accuracy", direction="maximize")
SPACE = parse_space(
    """
name: tabular/mlp
epochs: 12
parameters:
  rate: {type: float, low: 0.0, high: 1.0, default: 0.4}
  depth: {type: integer, low: 1, high: 4, default: 2}
  kind: {type: constant, value: plain}
""",
    source="mlp.yaml",
    name="mlp",
)


def past(name, best, trials=12, family="mlp"):
    """A study in which a rate near ``best`` is good."""
    rates = np.random.default_rng(int(best * 100)).random(trials)
    results = tuple(
        EarlierResult(
            configuration={"family": family, "rate": float(rate), "depth": 2, "kind": "plain"},
            standing=abs(float(rate) - best),
        )
        for rate in rates
    )
    return Earlier(name=name, facts=None, objectives=(), results=results)


def started(*families):
    return [Start(configuration={"family": family, "n": n}) for n, family in enumerate(families)]


def judged(number, family, score, seconds=1.0):
    rungs = (Rung(epochs=2, scores=(score,)),)
    facts = {"scores": (score,), "rungs": rungs, "epochs": 2, "seconds": seconds}
    return TrialRecord(number=number, configuration={"family": family}, state="paused", **facts)


def chosen(starts, tried, records, horizon=UNLIMITED):
    return next_start(starts, tried, records, horizon, objectives=(ACCURACY,))


def test_greedy_takes_what_helps_the_mean_study_most_then_what_complements_it():
    regrets = np.array([[0.0, 0.4, 0.9, 0.1], [1.0, 0.4, 0.1, 1.0]])

    assert greedy(regrets, 1) == [1]
    assert greedy(regrets, 4) == [1, 0, 2]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_greedy_takes_a_missing_result_for_the_worst_of_all(bad):
    assert greedy(np.array([[bad, 0.5], [0.2, 0.1]]), 2) == [1]
    assert greedy(np.array([[bad, 0.5], [0.2, 0.6]]), 2) == [0, 1]


def test_a_learned_portfolio_covers_studies_that_want_different_things():
    entries = learned_portfolio([past("low", 0.1), past("high", 0.9)], SPACE, size=5)

    rates = [SPACE.complete(entry)["rate"] for entry in entries[:2]]
    assert sorted(rates) == pytest.approx([0.1, 0.9], abs=0.15)
    assert all("kind" not in entry for entry in entries)
    assert all(value == float(f"{value:.3g}") for entry in entries for value in entry.values())


def test_what_is_good_in_most_studies_comes_first():
    studies = [past("one", 0.2), past("two", 0.22), past("three", 0.8)]

    first = learned_portfolio(studies, SPACE, size=1)[0]

    assert SPACE.complete(first)["rate"] < 0.5


@pytest.mark.parametrize(
    ("study", "message"),
    [
        (past("cars", 0.5, family="cnn"), "'cars' has no trial of tabular/mlp"),
        (past("cars", 0.5, trials=2), "'cars' has 2 configurations of tabular/mlp; at least 3"),
    ],
)
def test_a_study_that_cannot_be_learned_from_is_named(study, message):
    with pytest.raises(ConfigError, match=message):
        learned_portfolio([past("one", 0.2), study], SPACE, size=3)


def test_each_family_gets_one_entry_whatever_its_rivals_did():
    starts = started("a", "b", "c", "a")
    records = [judged(n, "a", 0.9) for n in range(6)]

    assert chosen(starts, {0}, records, Horizon(seconds=1.0)) == 1
    assert chosen(starts, {0, 1}, records) == 2
    assert chosen(starts, {0, 1, 2, 3}, records) is None


def test_an_unknown_family_waits_while_the_slowest_first_look_would_not_fit():
    starts = started("a", "b", "c", "a")
    records = [judged(0, "a", 0.9, seconds=1.0), judged(1, "b", 0.8, seconds=5.0)]

    assert chosen(starts, {0, 1}, records, Horizon(seconds=5.0)) == 2
    assert chosen(starts, {0, 1}, records, Horizon(seconds=4.0)) == 3
    assert chosen(starts, {0, 1, 3}, records, Horizon(seconds=4.0)) is None


def test_further_entries_of_a_hopeless_family_are_skipped_until_it_recovers():
    starts = started("a", "b", "b", "a")
    records = [judged(0, "a", 0.9), judged(1, "b", 0.1), judged(2, "a", 0.8), judged(3, "a", 0.7)]

    assert chosen(starts, {0, 1}, records[:2]) == 2  # two results do not judge
    assert chosen(starts, {0, 1}, records) == 2  # nor does one of a family
    assert chosen(starts, {0, 1}, [*records, judged(4, "b", 0.2)]) == 3
    assert chosen(starts, {0, 1}, [*records, judged(4, "b", 0.2), judged(5, "b", 0.95)]) == 2


def test_further_entries_that_would_eat_the_time_left_are_skipped():
    starts = started("a", "b", "b", "a")
    records = [judged(0, "a", 0.9, seconds=1.0), judged(1, "b", 0.8, seconds=30.0)]

    assert chosen(starts, {0, 1, 3}, records, Horizon(seconds=200.0)) == 2
    assert chosen(starts, {0, 1, 3}, records, Horizon(seconds=100.0)) is None
    assert chosen(starts, {0, 1}, records, Horizon(seconds=100.0)) == 3
    assert chosen(starts, {0, 1}, records, Horizon(seconds=3.0)) is None


def test_entries_before_another_family_come_first_while_half_of_the_time_is_enough():
    starts = started("a", "a", "b", "a", "c")
    records = [judged(0, "a", 0.1, seconds=30.0)]

    assert chosen(starts, {0}, records) == 1
    assert chosen(starts, {0}, records, Horizon(seconds=61.0)) == 1
    assert chosen(starts, {0}, records, Horizon(seconds=59.0)) == 2
    assert chosen(starts, {0, 1, 2}, records, Horizon(seconds=61.0)) == 3
    assert chosen(starts, {0, 1, 2, 4}, records, Horizon(seconds=61.0)) is None


def test_of_a_limited_time_the_family_that_had_the_least_has_its_turn():
    starts = started("a", "b", "a", "b", "a")
    records = [judged(0, "a", 0.9, seconds=10.0), judged(1, "b", 0.8, seconds=3.0)]

    assert chosen(starts, {0, 1}, records) == 2
    assert chosen(starts, {0, 1}, records, Horizon(seconds=200.0)) == 3
    assert chosen(starts, {0, 1}, [*records, judged(2, "b", 0.8, seconds=8.0)], Horizon(seconds=200.0)) == 2


def test_the_best_of_earlier_studies_come_before_the_portfolio_each_one_once():
    space = sample_space()
    own = space.starts()
    other = space.complete({"depth": 4})
    gifts = [Gift(name="one", weight=1.0, note="", starts=(other, own[0]))]

    starts = starts_of(space, gifts)

    assert [start.configuration for start in starts] == [other, own[0], own[1]]
    assert [start.origin for start in starts] == ["warm start", "warm start", "portfolio"]


def test_a_restarted_study_goes_on_where_the_portfolio_stood(tmp_path):
    def opened():
        return open_proposer(folder=tmp_path, name="job", space=sample_space(), objectives=(ACCURACY,))

    first = opened().ask()
    second = opened()
    again, other = second.ask(), second.ask()

    assert again.configuration == first.configuration == sample_space().starts()[0]
    assert (other.configuration, other.origin) == (sample_space().starts()[1], "portfolio")
