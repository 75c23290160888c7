"""The choice of members: from kept outputs, within limits, or the best trial alone."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from automl.core.members import Winner, sole_winner
from automl.core.phases import Phases
from automl.core.specs import Objective, TrialRecord
from automl.jobs.finish.choice import choose_winner
from automl.jobs.folder import JobFolder
from automl.jobs.trial.kept import save_found
from automl.jobs.trial.plan import Found
from automl.tasks.catalog import restore_task
from automl.tasks.limits import parse_limit

N = 400
RNG = np.random.default_rng(0)
TRUTH = RNG.normal(size=(N, 1)).astype(np.float32)
TASK = restore_task(
    {"kind": "regression", "names": ["y"], "mean": [0], "scale": [1], "low": [-9], "high": [9]}
)
RMSE = Objective(name="rmse", direction="minimize")


@pytest.fixture
def session(tmp_path) -> Any:
    prepared = SimpleNamespace(
        task=TASK, targets={"target": TRUTH}, validation=SimpleNamespace(groups=None)
    )
    setting = SimpleNamespace(prepared=prepared, joins=True, distills=False, objectives=(RMSE,), limits=())
    folder = JobFolder(tmp_path)
    folder.candidates.mkdir()
    return SimpleNamespace(
        setting=setting,
        folder=folder,
        config=SimpleNamespace(seed=0),
        share=lambda part, most: most,
        intake=SimpleNamespace(source=SimpleNamespace(phases=Phases())),
    )


def tried(session, number, outputs, **changed) -> TrialRecord:
    """A trial of which outputs are kept."""
    rmse = float(np.sqrt(np.mean((outputs - TRUTH) ** 2)))
    record = TrialRecord(number=number, configuration={}, state="complete", scores=(rmse,), **changed)
    found = Found(variables=(np.zeros(1),), outputs={"target": outputs.astype(np.float32)})
    save_found(found, record, session.folder.found_by(number))
    return record


def noisy(size) -> np.ndarray:
    return TRUTH + RNG.normal(scale=size, size=(N, 1))


def chosen(session, *records) -> Winner:
    best = min(records, key=lambda record: record.scores)
    return choose_winner(session, records, best)


def test_trials_with_errors_of_their_own_are_joined(session):
    winner = chosen(session, tried(session, 0, noisy(1.0)), tried(session, 1, noisy(1.1)))

    assert set(winner.weights) == {0, 1}
    assert sum(winner.weights.values()) == pytest.approx(1)


def test_what_is_not_to_be_joined_is_not(session):
    session.setting.joins = False

    winner = chosen(session, tried(session, 3, noisy(1.0)), tried(session, 4, noisy(1.0)))

    assert len(winner.members) == 1


def test_what_teaches_one_network_is_joined_whatever_it_costs(session):
    session.setting.joins, session.setting.distills = False, True
    session.setting.limits = (parse_limit("parameters<=10"),)

    winner = chosen(session, tried(session, 3, noisy(1.0)), tried(session, 4, noisy(1.0)))

    assert len(winner.members) == 2


def test_no_ensemble_replaces_a_best_trial_that_breaks_a_limit(session):
    records = [tried(session, n, noisy(1.0), constraints=(0.5,)) for n in range(2)]

    assert len(chosen(session, *records).members) == 1


def test_a_blend_that_breaks_a_limit_is_not_taken(session):
    near, far = TRUTH + 1.0, TRUTH + np.where(np.arange(N)[:, None] % 2, -0.9, 0.9)
    records = [tried(session, 0, near + 0.2), tried(session, 1, far * 1.0)]
    session.setting.limits = (parse_limit("r2>=0.999"),)

    assert len(chosen(session, *records).members) == 1


@pytest.mark.parametrize("what", ["best", "other"])
def test_outputs_that_are_lost_have_no_part(session, what):
    records = [tried(session, 0, noisy(1.0)), tried(session, 1, noisy(1.3))]
    session.folder.found_by(0 if what == "best" else 1).unlink()

    assert chosen(session, *records) == sole_winner(0)


def test_outputs_of_an_earlier_attempt_have_no_part(session):
    records = [tried(session, 0, noisy(1.0)), tried(session, 1, noisy(1.1))]
    records[1] = replace(records[1], scores=(1.05,))

    assert chosen(session, *records) == sole_winner(0)


def test_the_choice_is_the_same_each_time(session):
    records = [tried(session, n, noisy(1.0 + 0.1 * n)) for n in range(5)]

    assert chosen(session, *records) == chosen(session, *records)


def test_the_choice_ends_in_time(session):
    records = [tried(session, n, noisy(1.0)) for n in range(2)]
    session.share = lambda part, most: 0.0
    began = time.monotonic()

    winner = chosen(session, *records)

    assert len(winner.members) == 1
    assert time.monotonic() - began < 60
