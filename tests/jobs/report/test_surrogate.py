"""A surrogate finds what made the scores of made-up searches, and says so in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.jobs.report.importance import compared
from automl.jobs.report.paid_off import ROLES, families_told, paid_off
from automl.jobs.report.surrogate import points_of, surrogate_of
from automl.spaces.loading import shipped_spaces, space_text
from tests.jobs.report.searches import RMSE, many, searched, trial

DEFAULTS = {"mlp": {"width": 8, "activation": "relu", "batch_size": 64}}


@pytest.fixture(scope="module")
def surrogate():
    return surrogate_of(compared(many(80)), larger=True)


def test_shares_of_the_variance_are_those_of_the_rule(surrogate):
    known = {item.name: item for item in surrogate.effects()}

    assert surrogate.skill > 0.7
    assert next(iter(known)) == "width"
    assert known["width"].share > 0.6
    assert known["batch_size"].share < 0.1
    assert sum(item.share for item in known.values()) <= 1.05
    width = dict(zip(known["width"].values, known["width"].means, strict=True))
    assert width[512] > width[8]


def test_the_way_takes_the_largest_gain_first_and_ends_at_the_winner(surrogate):
    end = {"width": 512, "activation": "gelu", "batch_size": 64}

    steps = surrogate.steps(DEFAULTS["mlp"], end, larger=True)

    assert [(step.name, step.before, step.after) for step in steps] == [
        ("width", 8, 512),
        ("activation", "relu", "gelu"),
    ]
    assert steps[-1].score == pytest.approx(surrogate.predict([end])[0])


def test_a_parameter_that_some_lack_is_one_of_its_values():
    assert points_of([3, None, 1]) == [1, 3, None]
    assert points_of(["adam", "sgd", "adam"]) == ["adam", "sgd"]
    assert len(points_of(list(range(100)))) == 12


def test_of_few_or_equal_trials_there_is_none():
    assert surrogate_of(compared(many(5)), larger=True) is None
    same = tuple(trial(at, 0.5 + at / 100, with_={"width": 8}) for at in range(20))
    assert surrogate_of(compared(same), larger=True) is None


def test_what_paid_off_is_said_in_words_as_predicted():
    found = paid_off(searched(many(80), defaults=DEFAULTS), "mlp", compared(many(80)), "")

    assert "predicted, not measured" in found.text
    assert "From the defaults (predicted 0." in found.text
    assert "`width` 8 to" in found.text
    assert [figure.title.partition(" to trial")[0] for figure in found.figures] == [
        "What paid off, predicted",
        "From the defaults",
    ]
    scores = [row[-1] for row in found.figures[1].rows]
    assert scores == sorted(scores)


def test_without_defaults_there_is_no_way():
    found = paid_off(searched(many(80)), "mlp", compared(many(80)), "")

    assert len(found.figures) == 1
    assert "From the defaults" not in found.text


def test_chance_is_called_so():
    random = np.random.default_rng(3)
    trials = tuple(
        trial(at, float(random.normal()), with_={"rate": float(random.normal())}) for at in range(30)
    )

    found = paid_off(searched(trials), "mlp", compared(trials), "")

    assert found.figures == ()
    assert "cannot be predicted from the parameters" in found.text


@pytest.mark.parametrize(("objective", "best"), [(None, "0.3 ("), (RMSE, "0;")])
def test_regularisation_that_paid_off_is_named_with_its_best_value(objective, best):
    random = np.random.default_rng(0)
    made = []
    for at in range(60):
        dropout = float(random.choice([0.0, 0.1, 0.3]))
        known = {"dropout": dropout, "weight_decay": float(random.uniform())}
        made.append(trial(at, dropout + float(random.normal(0, 0.01)), with_=known))
    options = {} if objective is None else {"objective": objective}

    text = paid_off(searched(tuple(made), **options), "mlp", compared(made), "").text

    assert f"Regularisation: `dropout` is best at {best}" in text
    assert "1 other hardly matters" in text


def test_families_are_told_by_their_best_trials():
    other = replace(trial(40, 0.99), configuration={"family": "linear"})

    told = families_told(searched((*many(30), other)))

    assert told.startswith("Of 2 families linear came out best (0.99), before mlp (0.")
    assert families_told(searched(many(30))) == ""


def test_of_families_with_equal_scores_the_one_with_the_best_trial_leads():
    first = trial(0, 0.9, metrics={"log_loss": 0.4})
    other = replace(trial(1, 0.9, metrics={"log_loss": 0.3}), configuration={"family": "linear"})

    assert families_told(searched((first, other))).startswith("Of 2 families linear came out best (0.9)")


def test_every_parameter_with_a_role_is_one_of_a_search_space():
    texts = "".join(map(space_text, shipped_spaces()))

    assert not [name for names in ROLES.values() for name in names if f"\n  {name}:" not in texts]
