"""Trials that enter a study in one write."""

from __future__ import annotations

import optuna
import pytest
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from automl.spaces.conditions import OneOf
from automl.spaces.parameters import Boolean, Choice, Constant, Float, Integer
from automl.spaces.space import SearchSpace
from automl.study.proposals.drawing import Drawn, begin, draw
from automl.study.proposals.rung_sampler import RungSampler

GELU = OneOf(parent="activation", values=("gelu",))
SPACE = SearchSpace(
    name="drawn",
    epochs=9,
    parameters=(
        Choice(name="activation", values=("relu", "gelu"), default="relu"),
        Float(name="rate", low=1e-4, high=1.0, default=0.1, log=True),
        Integer(
            name="width", low=8, high=64, default=8, when=(OneOf(parent="activation", values=("gelu",)),)
        ),
        Boolean(name="bias", default=True),
        Constant(name="optimizer", value="adam"),
    ),
)


@pytest.fixture
def study():
    return optuna.create_study()


@pytest.mark.parametrize("number", range(8))
def test_what_is_drawn_is_a_point_of_the_space(study, number):
    SPACE.validate(draw(study, SPACE, RungSampler(seed=number), number))


def test_what_is_drawn_depends_on_the_seed_alone(study):
    one, same, other = (draw(study, SPACE, RungSampler(seed=seed), 0) for seed in (1, 1, 2))

    assert one == same != other


def test_a_trial_that_is_begun_runs_with_all_that_is_known_of_it(study):
    drawn = Drawn(configuration=SPACE.default(), origin="portfolio", attributes={"start": 3})

    trial = begin(study, SPACE, drawn)

    (frozen,) = study.trials
    assert (frozen.number, frozen.state) == (trial.number, TrialState.RUNNING)
    assert frozen.params == {"activation": "relu", "rate": 0.1, "bias": True}
    assert frozen.user_attrs == {
        "start": 3,
        "proposal": {"configuration": SPACE.default(), "origin": "portfolio"},
    }
    study.tell(trial, 0.5)
    assert study.best_params == frozen.params


def test_a_trial_takes_one_write(study, tmp_path, monkeypatch):
    written = []
    append = JournalFileBackend.append_logs
    monkeypatch.setattr(
        JournalFileBackend, "append_logs", lambda self, logs: (written.append(logs), append(self, logs))
    )
    backend = JournalFileBackend(str(tmp_path / "study.journal"))
    study = optuna.create_study(storage=optuna.storages.JournalStorage(backend))
    written.clear()

    begin(study, SPACE, Drawn(configuration=SPACE.default(), origin="model"))

    assert len(written) == 1
