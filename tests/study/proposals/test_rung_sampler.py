"""The sampler of a search with rungs: Optuna's own suites, and what it promises beyond them."""

from __future__ import annotations

import copy
import math
import sys

import numpy as np
import optuna
import pytest
from optuna.pruners import MedianPruner
from optuna.samplers import BaseSampler, RandomSampler
from optuna.testing.pytest_samplers import (
    BasicSamplerTestCase,
    MultiObjectiveSamplerTestCase,
    RelativeSamplerTestCase,
)

from automl.study.proposals.rung_sampler import RungSampler


class TestConformance(BasicSamplerTestCase, RelativeSamplerTestCase, MultiObjectiveSamplerTestCase):
    """Optuna's suites."""

    @pytest.fixture
    def sampler(self) -> type[BaseSampler]:
        """A maker of samplers."""
        return RungSampler


def bowl(trial: optuna.Trial) -> float:
    """A smooth function of three parameters; its least value is 0."""
    rate = trial.suggest_float("rate", 1e-5, 1e-1, log=True)
    dropout = trial.suggest_float("dropout", 0.0, 0.5)
    width = trial.suggest_int("width", 16, 512, log=True)
    return (
        math.log10(rate / 1e-3) ** 2 / 4 + (dropout - 0.2) ** 2 * 16 + (math.log2(width / 200) / 2.5) ** 2
    )


def minimised(sampler: BaseSampler, objective=bowl, trials: int = 40) -> optuna.Study:
    study = optuna.create_study(sampler=sampler)
    study.optimize(objective, n_trials=trials)
    return study


def family_of(losses: dict[str, float]):
    """An objective of families, each with a parameter of its own that changes little."""

    def objective(trial: optuna.Trial) -> float:
        family = trial.suggest_categorical("family", list(losses))
        return losses[family] + 0.1 * trial.suggest_float(f"{family}.rate", 0.0, 1.0)

    return objective


def test_the_same_seed_proposes_the_same():
    one, same, other = (minimised(RungSampler(seed=seed), trials=20) for seed in (1, 1, 2))

    assert [trial.params for trial in one.trials] == [trial.params for trial in same.trials]
    assert one.trials[-1].params != other.trials[-1].params


def test_it_finds_the_bottom_of_a_bowl_better_than_random():
    seeds = range(8)

    ours = [minimised(RungSampler(seed=seed)).best_value for seed in seeds]
    random = [minimised(RandomSampler(seed=seed)).best_value for seed in seeds]

    assert np.median(ours) < 0.7 * np.median(random)


def test_proposals_say_who_made_them():
    origins = set()
    sampler = RungSampler(seed=0)

    def objective(trial: optuna.Trial) -> float:
        origins.add(sampler.origin)
        return bowl(trial)

    minimised(sampler, objective, trials=50)

    assert origins == {"random", "neighbour", "model"}


def test_it_begins_with_random_draws():
    sampler = RungSampler(seed=0)
    study = minimised(sampler, trials=2)

    study.ask()

    assert sampler.origin == "random"


def test_every_family_gets_a_first_look():
    losses = {name: float(place) for place, name in enumerate("abcdef")}

    study = minimised(RungSampler(seed=0, branch="family"), family_of(losses), trials=10)

    assert {trial.params["family"] for trial in study.trials} == set(losses)


@pytest.mark.parametrize(
    ("seconds_left", "proposed"),
    [
        (None, "never"),
        (60.0, "never"),
        (20.0, "quick"),
        (1.0, "never"),  # too little for all
    ],
)
def test_a_family_that_may_take_longer_than_is_left_waits(seconds_left, proposed):
    study = optuna.create_study()
    loss = family_of({"quick": 0.0, "slow": 0.0, "never": 0.0})
    for family, seconds in [("quick", 2.0), ("slow", 50.0)] * 3:
        study.enqueue_trial({"family": family})
        trial = study.ask()
        value = loss(trial)
        trial.set_user_attr("record", {"epochs": 2, "seconds": seconds, "rungs": [[2, [value]]]})
        study.tell(trial, value)

    study.sampler = RungSampler(seed=0, branch="family", seconds_left=seconds_left)
    trial = study.ask()
    loss(trial)
    assert trial.params["family"] == proposed


def test_a_hopeless_family_loses_its_share():
    sampler = RungSampler(seed=0, branch="family")

    study = minimised(sampler, family_of({"good": 0.0, "fair": 0.05, "hopeless": 9.0}), trials=50)

    families = [trial.params["family"] for trial in study.trials[10:]]
    assert families.count("hopeless") < 0.2 * len(families)
    assert families.count("good") > families.count("hopeless")


def test_a_family_has_only_its_own_parameters():
    study = minimised(
        RungSampler(seed=0, branch="family"), family_of({"one": 0.0, "other": 0.0}), trials=30
    )

    for trial in study.trials:
        assert set(trial.params) == {"family", f"{trial.params['family']}.rate"}


def test_any_study_can_use_it_with_a_pruner_of_optuna():
    def objective(trial: optuna.Trial) -> float:
        value = bowl(trial)
        for step in range(1, 10):
            trial.report(value + 1 / step, step)
            if trial.should_prune():
                raise optuna.TrialPruned
        return value

    study = optuna.create_study(sampler=RungSampler(seed=0), pruner=MedianPruner(n_startup_trials=3))
    study.optimize(objective, n_trials=30)

    assert {trial.state.name for trial in study.trials} == {"COMPLETE", "PRUNED"}
    assert study.best_value < 0.3


@pytest.fixture
def busy_threads():
    """Threads change places so often that they meet in the middle of everything."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_can_share_it(busy_threads):
    study = optuna.create_study(sampler=RungSampler(seed=0, branch="family"))

    study.optimize(family_of({"one": 0.0, "other": 0.1}), n_trials=50, n_jobs=4)

    for trial in study.trials:
        assert set(trial.params) == {"family", f"{trial.params['family']}.rate"}


def test_a_copy_goes_on_in_a_study_that_the_original_has_read():
    original = RungSampler(seed=0)
    study = minimised(original, trials=20)

    study.sampler = copy.deepcopy(original)
    study.optimize(bowl, n_trials=5)

    assert len(study.trials) == 25


def test_several_objectives_find_both_ends_of_the_front():
    study = optuna.create_study(sampler=RungSampler(seed=0), directions=["minimize", "minimize"])

    study.optimize(lambda trial: (bowl(trial), float(trial.params["width"])), n_trials=50)

    values = [trial.values for trial in study.best_trials]
    assert min(loss for loss, _ in values) < 0.3
    assert min(width for _, width in values) < 30


def test_trials_that_violate_a_limit_are_left():
    sampler = RungSampler(seed=0)
    study = optuna.create_study(sampler=sampler)

    for _ in range(40):
        trial = study.ask()
        loss = bowl(trial)
        trial.set_constraint("width", trial.params["width"] / 64 - 1)
        study.tell(trial, loss)

    late = [trial.params["width"] for trial in study.trials[20:]]
    assert np.median(late) <= 64


def test_failed_trials_are_not_proposed_again():
    def objective(trial: optuna.Trial) -> float:
        value = bowl(trial)
        if trial.params["rate"] > 1e-3:
            raise MemoryError
        return value

    study = optuna.create_study(sampler=RungSampler(seed=0))
    study.optimize(objective, n_trials=50, catch=(MemoryError,))

    states = [trial.state.name for trial in study.trials]
    assert states[25:].count("FAIL") < 0.4 * 25


def test_a_search_by_time_prefers_what_is_quick():
    def usual_width(seed: int, by_time: bool) -> float:
        study = optuna.create_study(sampler=RungSampler(seed=seed, seconds_left=60.0 if by_time else None))
        for _ in range(50):
            trial = study.ask()
            loss = trial.suggest_float("rate", 0.0, 1.0)
            seconds = trial.suggest_int("width", 16, 512, log=True) ** 2
            trial.set_user_attr("record", {"epochs": 2, "seconds": seconds, "rungs": [[2, [loss]]]})
            study.tell(trial, loss)
        return float(np.median([trial.params["width"] for trial in study.trials[10:]]))

    quick, careless = (np.mean([usual_width(seed, by) for seed in range(4)]) for by in (True, False))
    assert quick < 0.7 * careless
