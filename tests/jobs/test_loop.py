"""The loop of every search, on the memory doubles: nothing is trained here."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace

import pytest

from automl.core.errors import SearchError
from automl.core.specs import Objective, TrialRecord
from automl.jobs.loop import Budget, Loop, TrialEnd, best_of, budget_from, run_trials
from automl.jobs.progress import SilentProgress
from automl.spaces.parameters import Float
from automl.spaces.space import SearchSpace
from automl.study.memory import RandomProposer
from automl.tracking.memory import MemoryTracker
from automl.training.engine import Epoch

ACCURACY = Objective(name="accuracy", direction="maximize")
SPACE = SearchSpace(
    name="toy", epochs=3, parameters=(Float(name="rate", low=0.0, high=1.0, default=0.5),), portfolio=()
)


def loop(run, *, trials=5, deadline=None, kept=None):
    kept = [] if kept is None else kept
    return Loop(
        name="toy",
        objectives=(ACCURACY,),
        proposer=RandomProposer(space=SPACE, objectives=(ACCURACY,), seed=0),
        tracker=MemoryTracker(),
        progress=SilentProgress(),
        budget=Budget(trials=trials, deadline=deadline),
        seed=0,
        run=run,
        keep=kept.append,
        show=lambda configuration: (configuration, 3),
        release=lambda: None,
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
    job = loop(lambda plan: ended(plan, {0: 0.1, 1: 0.9}.get(plan.number, 0.5)), kept=kept)

    found = run_trials(job)

    assert [record.number for record in job.proposer.records()] == [0, 1, 2, 3, 4]
    assert (found.best.number, found.state) == (1, "complete")
    assert [end.record.number for end in kept] == [0, 1]


def test_failures_are_recorded_and_the_search_goes_on():
    job = loop(lambda plan: failed(plan) if plan.number == 0 else ended(plan, 0.5))

    found = run_trials(job)

    states = [record.state for record in job.proposer.records()]
    assert states == ["failed"] + ["complete"] * 4
    assert found.best.number == 1


def test_ten_failures_with_no_success_end_the_search_with_the_first_reason():
    reasons = iter(["no memory", *["later"] * 20])
    job = loop(lambda plan: failed(plan, next(reasons)), trials=50)

    with pytest.raises(SearchError, match="no memory"):
        run_trials(job)

    assert len(job.proposer.records()) == 10


def test_an_interrupted_trial_is_not_told_and_the_best_so_far_returned():
    def run(plan):
        if plan.number == 2:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        return ended(plan, 0.5)

    job = loop(run)

    found = run_trials(job)

    assert found.state == "interrupted"
    assert [record.number for record in job.proposer.records()] == [0, 1]


def test_interrupted_before_the_first_trial_ended_there_is_nothing_to_return():
    def run(plan):
        raise KeyboardInterrupt

    with pytest.raises(SearchError, match="automl resume"):
        run_trials(loop(run))


def test_no_trial_begins_that_might_not_see_an_epoch_unless_much_time_would_be_lost():
    budget = Budget(trials=None, deadline=time.monotonic() + 60, spare=100.0)

    assert budget.allows(1, startup=50.0)
    assert not budget.allows(1, startup=70.0)
    assert replace(budget, spare=6.0).allows(1, startup=70.0)
    assert not replace(budget, trials=1).allows(1, startup=0.0)


def test_a_trial_that_would_take_most_of_the_time_left_is_ended_once_there_is_a_model():
    verdicts = []

    def run(plan):
        slow = Epoch(number=2, metrics={"val_accuracy": 0.5}, seconds=60.0)
        verdicts.append(plan.watch(slow))
        return ended(plan, 0.5)

    run_trials(loop(run, trials=2, deadline=time.monotonic() + 100))

    assert verdicts[0] == ""
    assert verdicts[1].startswith("too slow: it would take 60 s more")


def test_a_complete_trial_beats_a_pruned_one():
    pruned = TrialRecord(number=0, configuration={}, state="pruned", scores=(0.9,))
    complete = TrialRecord(number=1, configuration={}, state="complete", scores=(0.5,))

    assert best_of([pruned, complete], ACCURACY) is complete
    assert best_of([complete, pruned], ACCURACY) is complete


def test_the_study_is_told_the_best_epoch_so_far():
    told = []

    def run(plan):
        for number, value in enumerate((0.4, 0.7, 0.5), start=1):
            plan.watch(Epoch(number=number, metrics={"val_accuracy": value}, seconds=0.1))
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

    assert budget.deadline == 1000.0 + 70.0 - 8.0
