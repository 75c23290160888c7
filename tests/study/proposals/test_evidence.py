"""What trials say of their configurations, in studies of ours and in any other."""

from __future__ import annotations

import math

import numpy as np
import optuna
import pytest
from optuna.distributions import FloatDistribution
from optuna.trial import TrialState, create_trial

from automl.core.specs import Objective
from automl.study.promotion.ranking import Ranking
from automl.study.proposals.evidence import Reader, Seen, gather, standings
from automl.study.proposals.rung_sampler import RungSampler

ACCURACY = Objective(name="accuracy", direction="maximize")
RATE = {"rate": FloatDistribution(0.0, 1.0)}


def seen(*scores, excess=0.0):
    return Seen(
        params={},
        distributions={},
        rungs=tuple((score,) for score in scores),
        excess=excess,
        seconds=0.0,
        origin="",
    )


def standings_of(trials):
    ranking = Ranking([ACCURACY])
    for number, trial in enumerate(trials):
        ranking.put(number, trial.rungs, trial.excess)
    return standings(ranking.rungs)


def order_of(*trials):
    return list(np.argsort(standings_of(trials), kind="stable"))


def study_of(*trials, directions=("maximize",)):
    study = optuna.create_study(directions=directions)
    study.add_trials(trials)
    return study


def told(state, value=None, steps=None, rungs=None, rate=0.5, **record):
    record = {"rungs": rungs, **record} if rungs else record
    return create_trial(
        state=state,
        value=value,
        params={"rate": rate},
        distributions=RATE,
        intermediate_values=steps or {},
        user_attrs={"record": record} if record else {},
    )


def test_trials_of_one_rung_stand_as_normal_scores_of_their_ranks():
    found = standings_of([seen(0.5), seen(0.9), seen(0.1)])

    assert found == pytest.approx([0.0, -0.967, 0.967], abs=1e-3)


def test_no_trials_have_no_standings():
    assert standings_of([]).shape == (0,)


def test_a_failure_is_the_worst_and_so_is_a_score_that_is_not_finite():
    assert order_of(seen(), seen(0.9), seen(0.1)) == [1, 2, 0]
    assert order_of(seen(math.nan), seen(0.9), seen(0.1)) == [1, 2, 0]


def test_a_violated_limit_stands_behind_every_score():
    assert order_of(seen(0.9, excess=0.1), seen(0.1)) == [1, 0]


def test_a_higher_rung_orders_its_trials_anew_among_their_own_places():
    many = [seen(0.9 - place / 100, place / 100) for place in range(8)]
    first = standings_of([seen(trial.rungs[0][0]) for trial in many])

    found = standings_of(many)

    assert found[7] < found[0]
    assert found.min() >= first.min()
    assert found.max() <= first.max()


def test_a_trial_that_waits_is_not_punished_for_it():
    went_on = [seen(0.9, 0.95), seen(0.8, 0.82)]

    assert order_of(*went_on, seen(0.85), seen(0.1)).index(3) == 3
    assert order_of(*went_on, seen(0.99)).index(2) == 0


def test_few_trials_of_a_rung_change_little():
    few = standings_of([seen(0.9, 0.1), seen(0.8, 0.2), seen(0.1)])

    assert few[0] < few[1] < few[2]


@pytest.mark.parametrize("state", [TrialState.RUNNING, TrialState.PRUNED])
def test_rungs_come_from_records_also_of_trials_that_wait(state):
    trial = told(state, rungs=[[2, [0.4]], [6, [0.7]]], epochs=6, seconds=3.0)

    (found,) = gather(study_of(trial)).seen

    assert found.rungs == ((0.4,), (0.7,))
    assert found.seconds == 1.0


def test_without_records_rungs_are_steps_and_the_end():
    steps = {step: step / 10 for step in range(1, 13)}
    pruned, complete = (
        told(TrialState.PRUNED, steps={1: 0.1, 2: 0.2, 3: 0.3}),
        told(TrialState.COMPLETE, 1.5, steps=steps),
    )

    found = [item.rungs for item in gather(study_of(pruned, complete)).seen]

    assert found == [((0.2,),), ((0.2,), (0.6,), (1.2,), (1.5,))]


def test_a_trial_without_steps_counts_by_its_value():
    assert [item.rungs for item in gather(study_of(told(TrialState.COMPLETE, 0.7))).seen] == [((0.7,),)]


def test_failures_are_seen_and_the_worst_and_running_ones_are_pending():
    trials = [
        told(TrialState.COMPLETE, 0.1, rate=0.1),
        told(TrialState.FAIL, rate=0.2),
        told(TrialState.RUNNING, rate=0.3),
        told(TrialState.RUNNING, rungs=[[2, [0.4]]], rate=0.4),
    ]

    found = gather(study_of(*trials))

    assert [item.params["rate"] for item in found.seen] == [0.1, 0.2, 0.4]
    assert np.argmax(found.standings) == 1
    assert found.pending == ({"rate": 0.3},)


def test_the_direction_is_the_studys():
    trials = [told(TrialState.COMPLETE, value) for value in (0.1, 0.9)]

    up, down = gather(study_of(*trials)), gather(study_of(*trials, directions=("minimize",)))

    assert up.standings[1] < up.standings[0]
    assert down.standings[0] < down.standings[1]


def test_excess_comes_from_the_record_or_from_optunas_constraints():
    kept = told(TrialState.COMPLETE, 0.1, rungs=[[2, [0.1]]], constraints=[-1.0])
    violated = told(TrialState.COMPLETE, 0.9, rungs=[[2, [0.9]]], constraints=[0.5, 0.25])
    study = study_of(kept, violated)
    trial = study.ask(RATE)
    trial.set_constraint("size", 2.0)
    study.tell(trial, 0.95)

    assert [item.excess for item in gather(study).seen] == [0.0, 0.75, 2.0]


def test_a_part_keeps_its_order():
    trials = [told(TrialState.COMPLETE, value, rate=rate) for value, rate in ((3, 0.1), (2, 0.5), (1, 0.1))]

    part = gather(study_of(*trials)).of({"rate": 0.1})

    assert len(part.seen) == 2
    assert part.standings[0] < part.standings[1]


def plain(found):
    return [item.rungs for item in found.seen], list(found.standings), found.pending


def test_a_reader_sees_what_is_new():
    study, reader = study_of(told(TrialState.COMPLETE, 0.1)), Reader()
    reader.read(study)
    trial = study.ask(RATE)
    assert reader.read(study).pending == (trial.params,)

    for rungs in ([[2, [0.4]]], [[2, [0.4]], [6, [0.5]]]):
        trial.set_user_attr("record", {"rungs": rungs})
        assert reader.read(study).seen[1].rungs == tuple(tuple(scores) for _, scores in rungs)
    study.tell(trial, 0.5)

    assert plain(reader.read(study)) == plain(gather(study))


def test_a_longer_trial_moves_the_rungs_of_those_read_before():
    study, reader = study_of(told(TrialState.PRUNED, steps={1: 0.1, 2: 0.2, 3: 0.3})), Reader()
    reader.read(study)

    study.add_trial(told(TrialState.COMPLETE, 1.5, steps={step: step / 10 for step in range(1, 40)}))

    assert plain(reader.read(study)) == plain(gather(study))


def test_a_reader_knows_studies_apart():
    one, other, reader = study_of(told(TrialState.COMPLETE, 0.1)), study_of(), Reader()

    assert [len(reader.read(study).seen) for study in (one, other, one)] == [1, 0, 1]


def test_of_a_part_of_a_study_only_that_part_is_seen():
    pruner = optuna.pruners.HyperbandPruner(min_resource=1, max_resource=9)
    study, reader = optuna.create_study(sampler=RungSampler(seed=0), pruner=pruner), Reader()

    def objective(trial):
        trial.report(trial.suggest_float("rate", 0.0, 1.0), 1)
        trial.should_prune()
        return trial.params["rate"]

    study.optimize(objective, n_trials=12)
    reader.read(study)
    part = optuna.pruners._filter_study(study, study.trials[-1])

    assert 0 < len(reader.read(part).seen) < 12
    assert len(reader.read(study).seen) == 12
