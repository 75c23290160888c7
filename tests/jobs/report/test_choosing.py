"""The best of many that know nothing is no better than chance once the choice is taken off."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.specs import Objective
from automl.jobs.report.choosing import Rivals, choice_of
from automl.jobs.report.judging import intervals, judge, less_choice
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import fit_task
from tests.jobs.report.searches import ACCURACY

TASK = fit_task("binary", {"target": np.array(["a", "b"], object)}, names=("y",), facts={})


def answers(rows: int, trials: int, seed: int, share: float = 0.5):
    """Encoded truth, and predictions of trials each of which is right by chance, the best first."""
    random = np.random.default_rng(seed)
    truth = np.eye(2, dtype=np.float32)[random.integers(0, 2, rows)]
    made = []
    for _ in range(trials):
        right = random.random(rows) < share
        made.append({"target": np.where(right[:, None], truth, 1 - truth) * 0.8 + 0.1})
    made.sort(key=lambda item: -score(truth, item))
    return {"target": truth}, made


def score(truth, predictions):
    return score_at_once(TASK.scorer(), {"target": truth}, predictions, None)["accuracy"]


def chosen(rows: int = 400, trials: int = 12, seed: int = 0, share: float = 0.5, **others):
    encoded, made = answers(rows, trials, seed, share)
    rivals = Rivals(winner=made[0], trials=dict(enumerate(made)), alone=0, **others)
    return encoded, made[0], choice_of(TASK, encoded, None, rivals, ACCURACY, seed=seed)


def test_of_trials_that_know_nothing_the_best_is_corrected_to_chance():
    best, corrected = [], []
    for seed in range(12):
        encoded, winner, choice = chosen(seed=seed)
        best.append(score(encoded["target"], winner))
        corrected.append(best[-1] - choice.gains.get("accuracy", 0.0))

    assert np.mean(best) > 0.535
    assert np.mean(corrected) == pytest.approx(0.5, abs=0.012)


def test_without_a_choice_nothing_is_taken_off():
    assert chosen(trials=1)[2].gains == {}
    assert chosen(trials=1)[2].differences == ()


def test_what_is_taken_off_shrinks_with_rows_and_differences():
    few, many = chosen(rows=200, seed=1)[2], chosen(rows=6000, seed=1)[2]

    assert few.gains["accuracy"] > 2 * many.gains["accuracy"] > 0


def test_a_difference_to_a_rule_is_told_on_the_same_rows_less_the_choice():
    encoded, made = answers(400, 8, seed=3)
    rule = {"target": np.tile(np.array([0.45, 0.55]), (400, 1))}
    rivals = Rivals(winner=made[0], trials=dict(enumerate(made)), rules={"majority": rule}, alone=0)
    choice = choice_of(TASK, encoded, None, rivals, ACCURACY, seed=0)
    against, second = choice.differences

    truth = encoded["target"]
    assert against.value == pytest.approx(score(truth, made[0]) - score(truth, rule))
    assert (against.low + against.high) / 2 < against.value
    assert (second.rival, second.is_rule) == ("trial 1", False)
    assert second.low <= second.value <= second.high


def test_a_model_that_knows_much_is_better_than_the_rule_for_sure():
    rule = {"majority": {"target": np.tile(np.array([0.45, 0.55]), (400, 1))}}
    difference = chosen(share=0.8, rules=rule)[2].differences[0]

    assert 0.1 < difference.low < difference.value < 0.4


def test_intervals_are_moved_with_their_metric_alone():
    encoded, winner, choice = chosen(seed=2)
    metrics = score_at_once(TASK.scorer(), encoded, winner, None)
    spans = intervals(TASK, encoded, winner, None, metrics, seed=0)
    from automl.data.modality import Examples

    examples = Examples(inputs={"x": np.zeros((400, 1))}, targets={"target": np.array(["a"] * 400, object)})
    before = judge("validation", TASK, examples, encoded, winner, seed=0)
    after = less_choice(before, choice)

    gain = choice.gains["accuracy"]
    assert after.metrics == before.metrics
    assert after.corrected["accuracy"] == pytest.approx(metrics["accuracy"] - gain)
    assert after.intervals["accuracy"][0] == pytest.approx(spans["accuracy"][0] - gain)
    assert less_choice(before, None) is before


def test_a_metric_that_is_no_metric_of_the_task_is_not_told():
    encoded, made = answers(100, 3, seed=0)
    rivals = Rivals(winner=made[0], trials=dict(enumerate(made)))

    assert (
        choice_of(TASK, encoded, None, rivals, Objective(name="parameters", direction="minimize"), seed=0)
        is None
    )
