"""Oracles: what is tried next, by algorithm, and what programs may do with them."""

from __future__ import annotations

import pytest

import automl.kerastuner as keras_tuner
from automl.core.errors import ConfigError


def score(hp):
    """Best where ``x`` is 0.3 and ``kind`` is ``b``."""
    x = hp.Float("x", 0.0, 1.0)
    near = hp.Choice("kind", ["a", "b"]) == "b"
    return (x - 0.3) ** 2 + (0 if near else 1)


def searching(base, **options):
    class Tuner(base):
        def run_trial(self, trial, **kwargs):
            return score(trial.hyperparameters)

    return Tuner(**options)


def test_the_model_of_the_scores_beats_chance(tmp_path):
    options = {"max_trials": 25, "seed": 1, "directory": tmp_path}
    bayes = searching(keras_tuner.BayesianOptimization, project_name="bayes", **options)
    chance = searching(keras_tuner.RandomSearch, project_name="chance", **options)
    bayes.search(verbose=0)
    chance.search(verbose=0)

    late = [trial.score for trial in bayes.oracle.trials.values()][10:]
    blind = [trial.score for trial in chance.oracle.trials.values()][10:]
    assert sum(late) < 0.6 * sum(blind)
    origins = [record.origin for record in bayes.oracle.door.proposer.records()]
    assert "model" in origins


def test_the_first_trials_are_random_if_asked_for(tmp_path):
    tuner = searching(
        keras_tuner.BayesianOptimization,
        num_initial_points=5,
        max_trials=7,
        seed=0,
        directory=tmp_path,
        project_name="job",
    )
    tuner.search(verbose=0)

    origins = [record.origin for record in tuner.oracle.door.proposer.records()]
    assert set(origins[:5]) == {"random"}


@pytest.mark.parametrize("seed", [0, 3])
def test_a_seed_says_what_is_tried(tmp_path, seed):
    found = []
    for name in ("one", "two"):
        tuner = searching(
            keras_tuner.RandomSearch, max_trials=4, seed=seed, directory=tmp_path, project_name=name
        )
        tuner.search(verbose=0)
        found.append([trial.hyperparameters.values for trial in tuner.oracle.trials.values()])

    assert found[0] == found[1]


def test_a_small_space_is_tried_once(tmp_path):
    class Tuner(keras_tuner.RandomSearch):
        def run_trial(self, trial, **kwargs):
            return float(trial.hyperparameters.Int("n", 0, 2))

    tuner = Tuner(max_trials=50, seed=2, directory=tmp_path, project_name="job")
    tuner.search(verbose=0)

    assert sorted(trial.score for trial in tuner.oracle.trials.values()) == [0, 1, 2]


def test_an_oracle_of_the_programs_own(tmp_path):
    class Countdown(keras_tuner.Oracle):
        def populate_space(self, trial_id):
            left = 3 - int(trial_id)
            status = "RUNNING" if left else "STOPPED"
            return {"status": status, "values": {"left": left}}

    class Tuner(keras_tuner.Tuner):
        def run_trial(self, trial, **kwargs):
            return float(trial.hyperparameters.Int("left", 0, 5))

    tuner = Tuner(oracle=Countdown(), directory=tmp_path, project_name="job")
    tuner.search(verbose=0)

    assert [trial.score for trial in tuner.oracle.trials.values()] == [3, 2, 1]
    assert tuner.remaining_trials is None


def test_an_oracle_by_hand(tmp_path):
    tuner = searching(keras_tuner.RandomSearch, max_trials=2, directory=tmp_path, project_name="job")
    oracle = tuner.oracle
    trial = oracle.create_trial("me")
    assert oracle.create_trial("me") is trial
    with pytest.raises(ValueError, match="Objective value missing"):
        oracle.update_trial(trial.trial_id, {"other": 1})
    oracle.update_trial(trial.trial_id, {"default_objective": 2.0})
    trial.status = "COMPLETED"
    oracle.end_trial(trial)

    assert oracle.get_best_trials()[0].score == 2.0
    assert oracle.end_order == [trial.trial_id]
    assert oracle.remaining_trials() == 1


def test_a_grid_waits_for_trials_that_may_ask_for_more(tmp_path):
    space = keras_tuner.HyperParameters()
    space.Boolean("first")
    tuner = searching(keras_tuner.GridSearch, hyperparameters=space, directory=tmp_path, project_name="job")
    oracle = tuner.oracle
    trials = [oracle.create_trial(name) for name in ("one", "two", "three")]
    assert [trial.status for trial in trials] == ["RUNNING", "RUNNING", "IDLE"]
    trials[0].hyperparameters.Boolean("second")
    oracle.update_trial(trials[0].trial_id, {"default_objective": 1.0})
    trials[0].status = "COMPLETED"
    oracle.end_trial(trials[0])

    assert oracle.create_trial("three").hyperparameters.values == {"first": False, "second": True}
    assert oracle.create_trial("four").status == "IDLE"  # what the second one will ask for is not known


def test_an_oracle_needs_a_tuner():
    with pytest.raises(ConfigError, match="no project yet"):
        keras_tuner.oracles.RandomSearchOracle().create_trial("me")


@pytest.mark.parametrize(
    ("size", "factor", "plan"),
    [
        (4, 2, {(2, 0): 4, (2, 1): 2, (2, 2): 1, (1, 0): 3, (1, 1): 2, (0, 0): 3}),
        (3, 3, {(1, 0): 3, (1, 1): 1, (0, 0): 2}),
    ],
)
def test_brackets(tmp_path, size, factor, plan):
    class Tuner(keras_tuner.Hyperband):
        def run_trial(self, trial, **kwargs):
            return trial.hyperparameters.Float("x", 0, 1)

    tuner = Tuner(
        max_epochs=size, factor=factor, hyperband_iterations=2, directory=tmp_path, project_name="job"
    )
    tuner.search(verbose=0)
    rounds: dict[tuple[int, int], list] = {}
    for trial in tuner.oracle.trials.values():
        values = trial.hyperparameters.values
        rounds.setdefault((values["tuner/bracket"], values["tuner/round"]), []).append(trial)

    assert {place: len(trials) for place, trials in rounds.items()} == {
        place: 2 * count for place, count in plan.items()
    }
    gone = [t.hyperparameters.values.get("tuner/trial_id") for t in tuner.oracle.trials.values()]
    assert len([name for name in gone if name]) == len({name for name in gone if name})


def test_wrong_arguments_are_refused(tmp_path):
    with pytest.raises(ValueError, match="larger than 1"):
        keras_tuner.oracles.HyperbandOracle("val_loss", factor=1)
    with pytest.raises(ValueError, match="Unrecognized arguments speed"):
        searching(keras_tuner.RandomSearch, speed=3, directory=tmp_path)
    with pytest.raises(ValueError, match="hypermodel=None"):
        keras_tuner.RandomSearch(objective="val_loss", directory=tmp_path)
    with pytest.raises(ValueError, match="pass the `hyperparameters`"):
        keras_tuner.oracles.RandomSearchOracle("val_loss", tune_new_entries=False)
    with pytest.raises(ValueError, match="Expected `oracle`"):
        keras_tuner.BaseTuner("random")


def test_fatal_errors_end_the_program(tmp_path):
    class Tuner(keras_tuner.RandomSearch):
        def run_trial(self, trial, **kwargs):
            return None

    with pytest.raises(keras_tuner.FatalTypeError, match="Did you forget"):
        Tuner(directory=tmp_path, project_name="job").search(verbose=0)


def test_what_a_trial_does_not_ask_for_does_not_multiply_the_grid(tmp_path):
    class Tuner(keras_tuner.GridSearch):
        def run_trial(self, trial, **kwargs):
            hp = trial.hyperparameters
            return hp.Choice("one", [1, 2]) if hp.Boolean("first") else hp.Choice("other", [3, 4, 5])

    tuner = Tuner(directory=tmp_path, project_name="job")
    tuner.search(verbose=0)

    assert len(tuner.oracle.trials) == 3 + 2 * 3


def test_objectives_are_equal_in_any_order():
    both = [keras_tuner.Objective("a", "min"), keras_tuner.Objective("b", "max")]
    oracle = keras_tuner.oracles.RandomSearchOracle

    assert oracle(both).objective == oracle(both[::-1]).objective != oracle(both[0]).objective
