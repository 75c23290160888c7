"""The loop of every search, on the memory doubles: nothing is trained here."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace

import pytest

from automl.core.errors import SearchError
from automl.core.specs import Objective, Rung, TrialRecord
from automl.execution.executor import INTERRUPTED, one_by_one
from automl.execution.inline import Inline
from automl.jobs.progress import SilentProgress
from automl.jobs.search.budget import Budget, budget_from
from automl.jobs.search.loop import Loop, run_trials
from automl.jobs.trial.messages import epoch_message
from automl.jobs.trial.plan import Plan, TrialEnd, best_of
from automl.spaces.parameters import Float
from automl.spaces.space import SearchSpace
from automl.study.memory import RandomProposer
from automl.study.proposer import Horizon
from automl.tracking.memory import MemoryTracker
from automl.training.engine import Epoch

ACCURACY = Objective(name="accuracy", direction="maximize")
SPACE = SearchSpace(
    name="toy", epochs=3, parameters=(Float(name="rate", low=0.0, high=1.0, default=0.5),), portfolio=()
)


def loop(run, *, trials=5, deadline=None, kept=None, levels=()):
    kept = [] if kept is None else kept
    return Loop(
        name="toy",
        objectives=(ACCURACY,),
        proposer=RandomProposer(space=SPACE, objectives=(ACCURACY,), seed=0, levels=levels),
        tracker=MemoryTracker(),
        progress=SilentProgress(),
        budget=Budget(trials=trials, deadline=deadline),
        seed=0,
        executor=executor_of(run),
        keep=lambda end, best: kept.append((end.record.number, best)),
        show=lambda configuration: (configuration, 3),
    )


def executor_of(run):
    """Runs ``run(plan, watch)``; ``watch`` tells the coordinator of an epoch and returns its answer."""
    return Inline(
        one_by_one(lambda plan, channel: run(plan, lambda epoch: channel.say(epoch_message(epoch))))
    )


def ended(plan, score, state="complete"):
    record = TrialRecord(
        number=plan.number,
        configuration=plan.configuration,
        state=state,
        scores=(score,),
        run_id=plan.run_id,
    )
    return TrialEnd(record=record, model="a model")


def failed(plan, reason="no memory"):
    record = ended(plan, 0.0, state="failed").record
    return TrialEnd(record=replace(record, scores=(), reason=reason))


def test_every_trial_is_told_and_the_best_is_kept():
    kept = []
    job = loop(lambda plan, watch: ended(plan, {0: 0.1, 1: 0.9}.get(plan.number, 0.5)), kept=kept)

    found = run_trials(job)

    assert [record.number for record in job.proposer.records()] == [0, 1, 2, 3, 4]
    assert (found.best.number, found.state) == (1, "complete")
    assert kept == [(0, True), (1, True), (2, False), (3, False), (4, False)]


def test_what_gains_together_is_begun_together_and_told_one_by_one():
    groups = []

    def run(plans, channels):
        groups.append([plan.number for plan in plans])
        effort = {"compile_seconds": 1.0, "gains_together": 1.0}
        ends = [ended(plan, plan.number / 100) for plan in plans]
        return [
            replace(end, record=replace(end.record, epochs=3, seconds=2.0, effort=effort)) for end in ends
        ]

    job = loop(lambda plan, watch: None, trials=22)
    run_trials(replace(job, executor=Inline(run), structure=lambda configuration: {}))

    assert [len(group) for group in groups] == [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1]
    assert [record.number for record in job.proposer.records()] == list(range(22))


def test_failures_are_recorded_and_the_search_goes_on():
    job = loop(lambda plan, watch: failed(plan) if plan.number == 0 else ended(plan, 0.5))

    found = run_trials(job)

    states = [record.state for record in job.proposer.records()]
    assert states == ["failed"] + ["complete"] * 4
    assert found.best.number == 1


def test_ten_failures_with_no_success_end_the_search_with_the_first_reason():
    reasons = iter(["no memory", *["later"] * 20])
    job = loop(lambda plan, watch: failed(plan, next(reasons)), trials=50)

    with pytest.raises(SearchError, match="no memory"):
        run_trials(job)

    assert len(job.proposer.records()) == 10


def test_an_interrupted_trial_is_not_told_and_the_best_so_far_returned():
    def run(plan, watch):
        if plan.number == 2:
            os.kill(os.getpid(), signal.SIGINT)
            epoch = Epoch(number=1, metrics={"val_accuracy": 0.5}, seconds=0.1)
            return None if watch(epoch) == INTERRUPTED else ended(plan, 0.5)
        return ended(plan, 0.5)

    job = loop(run)

    found = run_trials(job)

    assert found.state == "interrupted"
    assert [record.number for record in job.proposer.records()] == [0, 1]


def test_interrupted_twice_it_ends_in_the_middle_of_an_epoch():
    def run(plan, watch):
        if plan.number == 2:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
        return ended(plan, 0.5)

    job = loop(run)

    found = run_trials(job)

    assert found.state == "interrupted"
    assert [record.number for record in job.proposer.records()] == [0, 1]


@pytest.mark.parametrize(
    "numbers",
    [(signal.SIGINT,), (signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGTERM)],
    ids=["once", "twice", "a volley of a batch system"],
)
def test_interrupted_before_there_is_a_model_it_is_an_interruption_and_no_failure(numbers):
    def run(plan, watch):
        for number in numbers:
            os.kill(os.getpid(), number)

    job = loop(run)

    with pytest.raises(KeyboardInterrupt):
        run_trials(job)
    assert not job.proposer.records()


def test_no_trial_begins_that_might_not_see_an_epoch_unless_much_time_would_be_lost():
    budget = Budget(trials=None, deadline=time.monotonic() + 60, spare=100.0)

    assert budget.horizon(1, startup=50.0).trials is None
    assert budget.horizon(1, startup=70.0).trials == 0  # those that wait may still go on
    assert replace(budget, spare=6.0).horizon(1, startup=70.0).trials is None
    assert replace(budget, deadline=time.monotonic()).horizon(1, startup=0.0) is None


def test_the_horizon_is_the_trials_and_seconds_left():
    budget = Budget(trials=4, deadline=time.monotonic() + 60)

    assert budget.horizon(1, startup=0.0).trials == 3
    assert budget.horizon(1, startup=0.0).seconds == pytest.approx(60, abs=5)
    assert budget.horizon(5, startup=0.0).trials == 0
    assert Budget(trials=None, deadline=None).horizon(9, startup=99.0) == Horizon(open=True)


def test_time_is_kept_back_for_a_network_that_is_trained_last():
    known = {"started": 0.0, "used": 0.0}

    def kept_back(seconds, **options):
        budget = budget_from(None, seconds, **known, **options)
        return budget.end - budget.deadline

    assert (kept_back(100.0), kept_back(100.0, last_trainings=1)) == (10.0, 25.0)
    assert kept_back(36_000.0, last_trainings=1) == 140.0
    assert kept_back(100.0, last_trainings=2) == 40.0


def test_a_trial_that_would_take_most_of_the_time_left_is_ended_once_there_is_a_model():
    verdicts = []

    def run(plan, watch):
        slow = Epoch(number=2, metrics={"val_accuracy": 0.5}, seconds=60.0)
        verdicts.append(watch(slow))
        return ended(plan, 0.5)

    run_trials(loop(run, trials=2, deadline=time.monotonic() + 100))

    assert verdicts[0] == ""
    assert verdicts[1].startswith("too slow: it would take 60 s more")


def test_a_trial_that_can_be_shortened_is_not_ended_for_its_length():
    limits, verdicts = [], []

    def run(plan, watch):
        limits.append(plan.limit)
        verdicts.append(watch(Epoch(number=2, metrics={"val_accuracy": 0.5}, seconds=60.0)))
        return ended(plan, 0.5)

    job = replace(loop(run, trials=2, deadline=time.monotonic() + 100), shortens=True)
    run_trials(job)

    assert verdicts == ["", ""]
    assert limits == [None, pytest.approx(50, abs=1)]


def test_a_trial_is_not_shortened_to_less_than_others_have_taken():
    limits = []

    def run(plan, watch):
        limits.append(plan.limit)
        end = ended(plan, 0.5)
        return replace(end, record=replace(end.record, seconds=70.0))

    run_trials(replace(loop(run, trials=2, deadline=time.monotonic() + 100), shortens=True))

    assert limits == [None, pytest.approx(84)]


def test_a_trial_that_would_be_shortened_to_nearly_nothing_is_not_begun():
    budget = Budget(trials=None, deadline=time.monotonic() + 60, spare=6.0)

    assert budget.horizon(1, startup=5.0, least=30.0).trials is None
    assert budget.horizon(1, startup=5.0, least=70.0).trials == 0


def test_short_trials_do_not_hide_that_another_might_not_see_an_epoch():
    budget = Budget(trials=None, deadline=time.monotonic() + 2, spare=3.0)

    assert budget.horizon(1, startup=1.0, least=0.5).trials is None
    assert budget.horizon(1, startup=5.0, least=0.5).trials == 0


def test_no_trial_is_begun_in_time_that_the_end_is_seen_to_take():
    job = loop(lambda plan, watch: ended(plan, 0.5), trials=5, deadline=time.monotonic() + 100)
    budget = replace(job.budget, seconds=100.0, finishing_most=200.0)
    seen = []

    def finishing():
        return 200.0 if seen else 0.0

    run_trials(replace(job, budget=budget, finishing=finishing, keep=lambda end, best: seen.append(end)))

    assert len(seen) == 1


def test_how_long_a_trial_takes_at_least_is_learned_from_those_that_ended():
    def run(plan, watch):
        end = ended(plan, 0.5)
        effort = {"compile_seconds": 10.0}
        return replace(end, record=replace(end.record, seconds=400.0, effort=effort))

    job = replace(loop(run, trials=5, deadline=time.monotonic() + 100), shortens=True)
    run_trials(job)

    assert len(job.proposer.records()) == 1  # the next would take 127 s


def test_where_examples_are_dear_a_trial_takes_nearly_all_of_the_time_and_no_short_one_follows():
    limits = []

    def run(plan, watch):
        limits.append(plan.limit)
        end = ended(plan, 0.5)
        return replace(end, record=replace(end.record, seconds=[10.0, 400.0, 1.0][len(limits) - 1]))

    job = loop(run, trials=5, deadline=time.monotonic() + 100)
    run_trials(replace(job, shortens=True, dear=True))

    assert limits == [None, pytest.approx(95, abs=1)]  # a third would take 120 s or more


def limits_of(levels, first=None):
    """What each training is held to, in a search of two trials within 100 s.

    Args:
        levels: rungs of a trial.
        first: how the first training stands at its end, None when it is complete like the others.
    """
    limits = []

    def run(plan, watch):
        limits.append(plan.limit)
        end = ended(plan, 0.5)
        return replace(end, record=replace(end.record, **(first or {} if len(limits) == 1 else {})))

    budget = Budget(trials=2, deadline=time.monotonic() + 100, seconds=100)
    run_trials(replace(loop(run, levels=levels), budget=budget))
    return limits


def test_with_a_model_a_new_trial_has_a_part_of_the_time_for_its_first_look():
    assert limits_of((2, 3)) == [None, pytest.approx(25, abs=1)]
    assert Budget(trials=None, deadline=time.monotonic() + 4, seconds=100).first_look([]) == 10
    assert Budget(trials=9, deadline=None).first_look([]) is None


def test_a_further_trial_of_a_family_may_take_twice_what_others_took_or_a_tenth_of_the_time_left():
    budget = Budget(trials=None, deadline=time.monotonic() + 100, seconds=200)

    assert budget.first_look([3.0, 8.0, 90.0]) == 16
    assert budget.first_look([1.0]) == pytest.approx(10, abs=1)


def test_the_first_look_of_a_family_is_what_its_next_trials_are_held_to():
    look = {"state": "paused", "epochs": 2, "pauses": 1, "seconds": 30.0}

    assert limits_of((2, 3), first={**look, "rungs": (Rung(epochs=2, scores=(0.5,)),)})[:2] == [None, 60]


def test_a_trial_that_does_not_pause_is_not_held_to_a_first_look():
    assert limits_of(()) == [None, None]


@pytest.mark.parametrize("state", ["pruned", "paused"])
def test_a_trial_that_was_not_trained_to_its_end_is_as_good_as_its_best_epoch(state):
    short = TrialRecord(number=0, configuration={}, state=state, scores=(0.9,))
    complete = TrialRecord(number=1, configuration={}, state="complete", scores=(0.5,))

    assert best_of([short, complete], ACCURACY) is short
    assert best_of([complete, short], ACCURACY) is short


def test_the_study_is_told_the_best_epoch_so_far():
    told = []

    def run(plan, watch):
        for number, value in enumerate((0.4, 0.7, 0.5), start=1):
            watch(Epoch(number=number, metrics={"val_accuracy": value}, seconds=0.1))
        return ended(plan, 0.7)

    job = loop(run, trials=1)
    job.proposer.report = lambda number, epoch, value: bool(told.append(value))
    run_trials(job)

    assert told == [0.4, 0.7, 0.7]


def test_equal_scores_are_told_apart_by_the_loss():
    sure = TrialRecord(
        number=1, configuration={}, state="complete", scores=(1.0,), metrics={"log_loss": 0.1}
    )
    unsure = replace(sure, number=0, metrics={"log_loss": 0.6})

    assert best_of([unsure, sure], ACCURACY) is sure
    assert best_of([sure, unsure], ACCURACY) is sure


def test_time_counts_from_the_start_less_what_was_used_and_what_finishing_takes():
    budget = budget_from(None, 100.0, started=1000.0, used=30.0)

    assert budget.deadline == 1000.0 + 70.0 - 7.0


LEVELS = (1, 3)


def trained(plan, watch, score, epoch_by_epoch=None):
    """A trial that goes on from its pause to its next rung, or to its end."""
    first, last = (plan.paused.epochs if plan.paused else 0), plan.until or LEVELS[-1]
    for number in range(first + 1, last + 1):
        watch(Epoch(number=number, metrics={"val_accuracy": score}, seconds=0.1))
        if epoch_by_epoch is not None:
            epoch_by_epoch.append((plan.number, number))
    state = "paused" if plan.until else "complete"
    rungs = tuple(Rung(epochs=level, scores=(score,)) for level in LEVELS if level <= last)
    record = replace(ended(plan, score, state).record, epochs=last, rungs=rungs, seconds=0.1 * last)
    return TrialEnd(record=record, model="a model")


def test_a_trial_pauses_at_its_rung_and_is_promoted_under_its_own_number_and_run():
    plans = []

    def run(plan, watch):
        plans.append(plan)
        return trained(plan, watch, plan.number / 10)

    job = loop(run, trials=3, levels=LEVELS)
    run_trials(job)

    assert [(plan.number, plan.until) for plan in plans[:4]] == [(0, 1), (1, 1), (2, 1), (2, None)]
    assert plans[3].paused.epochs == 1
    assert (plans[3].seed, plans[3].run_id) == (plans[2].seed, plans[2].run_id)


def test_no_epoch_is_trained_twice_and_a_run_has_each_once():
    epochs = []
    job = loop(lambda plan, watch: trained(plan, watch, plan.number / 10, epochs), trials=4, levels=LEVELS)

    run_trials(job)

    assert len(epochs) == len(set(epochs))
    runs = job.tracker.runs
    assert list(runs["trial-3"].epochs) == [1, 2, 3]
    assert {run.record.state for run in runs.values()} == {"complete", "pruned"}


def test_promotions_cost_no_trial():
    begun = []

    def run(plan, watch):
        begun.append(plan.number)
        return trained(plan, watch, plan.number / 10)

    run_trials(loop(run, trials=6, levels=LEVELS))

    assert set(begun) == set(range(6))


def test_when_the_search_is_over_nobody_waits():
    job = loop(lambda plan, watch: trained(plan, watch, plan.number / 10), trials=6, levels=LEVELS)

    found = run_trials(job)

    states = {record.number: record.state for record in job.proposer.records()}
    assert (found.best.number, found.best.state) == (5, "complete")
    assert set(states.values()) == {"complete", "pruned"}
    left = [record for record in job.proposer.records() if record.state == "pruned"]
    assert {record.reason for record in left} == {"not promoted beyond epoch 1"}
    assert {job.tracker.runs[f"trial-{record.number}"].record.state for record in left} == {"pruned"}


def test_an_interrupted_search_leaves_the_paused_ones_waiting():
    def run(plan, watch):
        if plan.number == 2:
            raise KeyboardInterrupt
        return trained(plan, watch, 0.5)

    job = loop(run, levels=LEVELS)

    found = run_trials(job)

    assert (found.state, found.best.state) == ("interrupted", "paused")
    assert [record.state for record in job.proposer.records()] == ["paused", "paused"]
    assert job.tracker.runs["trial-0"].record.state == "paused"


def test_a_search_that_goes_on_promotes_those_that_wait():
    first = loop(lambda plan, watch: trained(plan, watch, plan.number / 10), trials=3, levels=LEVELS)
    for _ in range(3):
        proposal = first.proposer.ask()
        first.proposer.pause(trained(plan_of(proposal), lambda epoch: "", proposal.number / 10).record)
    plans = []

    def run(plan, watch):
        plans.append((plan.number, plan.until, plan.paused.epochs))
        return trained(plan, watch, plan.number / 10)

    run_trials(replace(first, executor=executor_of(run)))

    assert plans == [(2, None, 1), (1, None, 1), (0, None, 1)]


def plan_of(proposal):
    return Plan(
        number=proposal.number,
        configuration=proposal.configuration,
        until=proposal.until,
        seed=0,
        run_id=f"trial-{proposal.number}",
    )


def test_when_the_time_runs_out_the_best_that_waits_is_finished():
    """One epoch takes 10 s by the records, and there is time for two of them, not for three more."""
    plans = []

    def run(plan, watch):
        plans.append((plan.number, plan.until))
        end = trained(plan, watch, plan.number / 10)
        return replace(end, record=replace(end.record, seconds=10.0 * end.record.epochs))

    job = loop(run, trials=2, deadline=time.monotonic() + 25, levels=LEVELS)
    run_trials(job)

    assert plans[:2] == [(0, 1), (0, None)]


def test_a_kept_limit_comes_before_a_better_score():
    violating = TrialRecord(number=0, configuration={}, state="complete", scores=(0.9,), constraints=(0.1,))
    keeping = TrialRecord(number=1, configuration={}, state="pruned", scores=(0.5,), constraints=(-0.1,))

    assert best_of([violating], ACCURACY) is violating
    assert best_of([violating, keeping], ACCURACY) is keeping
    assert best_of([keeping, violating], ACCURACY) is keeping


def lost(plan, watch):
    raise RuntimeError("the worker died")


def test_a_trial_lost_with_its_worker_is_failed_with_the_reason():
    job = loop(lambda plan, watch: lost(plan, watch) if plan.number == 0 else ended(plan, 0.5))

    run_trials(job)

    first = job.proposer.records()[0]
    assert (first.state, first.reason) == ("failed", "RuntimeError: the worker died")


def test_a_trial_lost_after_a_pause_is_worth_what_it_was():
    def run(plan, watch):
        return lost(plan, watch) if plan.paused else trained(plan, watch, plan.number / 10)

    job = loop(run, trials=2, levels=LEVELS)
    found = run_trials(job)

    record = job.proposer.records()[1]
    assert (record.state, record.scores, record.reason) == (
        "pruned",
        (0.1,),
        "RuntimeError: the worker died",
    )
    assert found.best.number == 1


def test_epochs_that_are_trained_again_after_a_crash_are_told_once():
    def run(plan, watch):
        for number in (1, 2, 2, 3):
            watch(Epoch(number=number, metrics={"val_accuracy": 0.5}, seconds=0.1))
        return ended(plan, 0.5)

    told = []
    job = loop(run, trials=1)
    job.tracker.log_epoch = lambda run_id, epoch, metrics, at: told.append(epoch)
    run_trials(job)

    assert told == [1, 2, 3]
