"""What trials return, in all its forms; directions of metrics; objectives."""

from __future__ import annotations

import keras
import pytest

from automl.kerastuner import HyperParameters, Objective, errors
from automl.kerastuner.engine.metrics_tracking import MetricHistory, MetricsTracker, infer_metric_direction
from automl.kerastuner.engine.objective import create_objective
from automl.kerastuner.engine.trial import Trial
from automl.kerastuner.engine.tuner_utils import (
    convert_to_metrics_dict,
    get_best_step,
    validate_trial_results,
)

LOSS = create_objective("val_loss")
NAMELESS = create_objective(None)


def history(**metrics):
    made = keras.callbacks.History()
    made.history = metrics
    return made


@pytest.mark.parametrize(
    ("results", "metrics", "step"),
    [
        (0.5, {"val_loss": 0.5}, 0),
        ({"val_loss": 0.5, "mae": 1}, {"val_loss": 0.5, "mae": 1}, 0),
        (history(val_loss=[3, 1, 2], mae=[7, 8, 9]), {"val_loss": 1, "mae": 8}, 1),
        (history(val_loss=[float("nan"), 2.0]), {"val_loss": 2}, 1),
        ([1.0, 2.0], {"val_loss": 1.5}, 0),
        ([history(val_loss=[3, 1]), history(val_loss=[2, 5, 1, 3])], {"val_loss": 1}, 1),
    ],
)
def test_results_become_metrics_and_a_step(results, metrics, step):
    validate_trial_results(results, LOSS, "run_trial()")

    assert convert_to_metrics_dict(results, LOSS) == metrics
    assert get_best_step(results, LOSS) == step


@pytest.mark.parametrize(
    ("results", "objective", "error", "text"),
    [
        (None, LOSS, errors.FatalTypeError, "Did you forget"),
        ("good", LOSS, errors.FatalTypeError, "It is 'good'"),
        ({"loss": 1}, LOSS, errors.FatalValueError, "no 'val_loss'.*it has loss"),
        (history(loss=[1]), LOSS, errors.FatalValueError, "no 'val_loss'"),
        ([1.0, None], LOSS, errors.FatalTypeError, "Did you forget"),
        ({"loss": 1}, NAMELESS, errors.FatalTypeError, "single float"),
    ],
)
def test_results_without_a_score_are_refused(results, objective, error, text):
    with pytest.raises(error, match=text):
        validate_trial_results(results, objective, "run_trial()")


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("val_loss", "min"),
        ("accuracy", "max"),
        ("val_f1_score", "max"),
        ("val_mean_absolute_error", "min"),
        ("score", None),
        (keras.metrics.FalsePositives(), "min"),
        (keras.losses.hinge, "min"),
        (len, None),
    ],
)
def test_names_tell_what_is_better(name, direction):
    assert infer_metric_direction(name) == direction


def test_several_objectives_are_one_sum():
    both = create_objective(["val_loss", Objective("val_accuracy", "max")])

    assert both.get_value({"val_loss": 3, "val_accuracy": 1, "mae": 7}) == 2
    assert both.better_than(1, 2)
    assert not both.has_value({"val_loss": 3})


@pytest.mark.parametrize("wrong", ["my_metric", 3])
def test_unclear_objectives_are_refused(wrong):
    with pytest.raises((ValueError, TypeError), match=r"Could not infer|not understood"):
        create_objective(wrong)
    with pytest.raises(ValueError, match="min or max"):
        Objective("loss", "down")


def test_metrics_are_kept_by_step_and_execution():
    known = MetricHistory("max")
    for step, value in [(2, 5.0), (1, [1.0, 3.0]), (2, 7.0)]:
        known.update(value, step)

    assert (known.get_best_value(), known.get_best_step(), known.get_last_value()) == (6.0, 2, 6.0)
    assert [item.value for item in known.get_history()] == [[1.0, 3.0], [5.0, 7.0]]
    assert known.get_statistics()["mean"] == 4.0
    assert MetricHistory.from_config(known.get_config()).get_config() == known.get_config()
    with pytest.raises(ValueError, match="direction"):
        MetricHistory("up")


def test_a_tracker_knows_its_metrics_only():
    tracker = MetricsTracker()

    assert tracker.update("val_loss", 2)
    assert not tracker.update("val_loss", 3, step=1)
    assert tracker.get_direction("val_loss") == "min"
    with pytest.raises(ValueError, match="Unknown metric: mae"):
        tracker.get_history("mae")
    with pytest.raises(ValueError, match="exists"):
        tracker.register("val_loss")


def test_a_trial_survives_being_written_down(capsys):
    trial = Trial(HyperParameters(), "03")
    trial.hyperparameters.Int("units", 1, 3)
    trial.metrics.update("val_loss", 0.5, step=2)
    trial.score, trial.message = 0.5, "late"

    again = Trial.from_state(trial.get_state())
    again.summary()

    assert again.get_state() == trial.get_state()
    assert "units: 1" in capsys.readouterr().out
