"""The page of plots, and the one of ours on it: score against time, with rungs."""

from __future__ import annotations

from datetime import datetime, timedelta

import optuna
import pytest

from automl.core.specs import Objective, Rung, TrialRecord
from automl.study.optuna.plots import ENOUGH, draw_study
from automl.study.optuna.timeline import draw_timeline

ACCURACY = Objective(name="accuracy", direction="maximize")
BEGAN = datetime(2026, 5, 1, 10, 0)


def trial(number, reached, origin="model", **facts) -> TrialRecord:
    """A trial that reached its n-th rung n minutes after it began, which was 10 minutes after the last."""
    began = BEGAN + timedelta(minutes=10 * number)
    rungs = tuple(
        Rung(epochs=2 * 3**index, scores=(score,), time=(began + timedelta(minutes=index + 1)).timestamp())
        for index, score in enumerate(reached)
    )
    known = {"state": "complete", "scores": reached[-1:], "rungs": rungs, **facts}
    return TrialRecord(number=number, configuration={}, origin=origin, **known)


def study_of(records) -> optuna.Study:
    study = optuna.create_study(direction="maximize")
    for record in records:
        frozen = optuna.trial.create_trial(value=record.scores[0])
        frozen.datetime_start = BEGAN + timedelta(minutes=10 * record.number)
        frozen.datetime_complete = frozen.datetime_start + timedelta(minutes=5)
        study.add_trial(frozen)
    return study


def drawn(*records, objective=ACCURACY):
    return {trace.name: trace for trace in draw_timeline(study_of(records), records, objective).data}


def test_each_trial_is_a_line_through_its_rungs_in_minutes_from_the_first_ones_begin():
    traces = drawn(trial(0, (0.5, 0.6)), trial(1, (0.4,)))

    assert traces["model"].x == pytest.approx((1, 2, None, 11, None), nan_ok=True)
    assert traces["model"].y == pytest.approx((0.5, 0.6, None, 0.4, None), nan_ok=True)
    assert traces["model"].text[1] == "trial 0, epoch 6, model"


def test_origins_are_told_apart_by_colour_and_symbol():
    origins = ("portfolio", "warm start", "model", "neighbour", "random", "repeat", "sampler")
    traces = drawn(*(trial(place, (0.5,), origin) for place, origin in enumerate(origins)))

    assert len({(traces[name].line.color, traces[name].marker.symbol) for name in origins}) == 7


def test_a_trial_that_was_trained_to_its_end_has_a_large_mark_there():
    sizes = drawn(trial(0, (0.5, 0.6)), trial(1, (0.4,), state="pruned"))["model"].marker.size

    assert sizes[1] > sizes[0] == sizes[3]


@pytest.mark.parametrize(
    ("direction", "steps"), [("maximize", (0.5, 0.7, 0.7)), ("minimize", (0.5, 0.4, 0.4))]
)
def test_the_best_so_far_is_a_step_line_to_the_last_mark(direction, steps):
    objective = Objective(name="score", direction=direction)

    line = drawn(trial(0, (0.5, 0.5)), trial(1, (0.7,)), trial(2, (0.4, 0.6)), objective=objective)

    assert line["best so far"].y == steps
    assert line["best so far"].x[-1] == 22
    assert line["best so far"].line.shape == "hv"


def test_a_trial_beyond_a_limit_is_never_the_best_so_far():
    assert drawn(trial(0, (0.5,)), trial(1, (0.9,), constraints=(2.0,)))["best so far"].y[-1] == 0.5


def test_a_trial_without_rungs_is_one_mark_where_it_ended():
    assert drawn(trial(0, (0.5,), rungs=()))["model"].x == (5, None)


def test_rungs_of_unknown_time_and_failed_trials_are_left_out():
    untimed = trial(0, (0.5,), rungs=(Rung(epochs=2, scores=(0.5,)),))
    failed = trial(1, (0.5,), "random", rungs=(), scores=(), state="failed")

    traces = draw_timeline(optuna.create_study(), (untimed, failed), ACCURACY).data

    assert traces == ()


def test_one_hopeless_trial_does_not_flatten_the_others():
    loss = Objective(name="log_loss", direction="minimize")
    records = [trial(place, (0.5 + place / 100,)) for place in range(19)] + [trial(19, (1e6,))]

    low, high = draw_timeline(study_of(records), records, loss).layout.yaxis.range

    assert low < 0.5
    assert 0.68 < high < 2


def test_the_page_begins_with_it_and_has_those_of_optuna(tmp_path):
    records = [trial(0, (0.5, 0.6)), trial(1, (0.4,))]

    (page,) = draw_study(study_of(records), (ACCURACY,), tmp_path, records)

    text = page.read_text(encoding="utf-8")
    assert text.index("Score against time, with rungs") < text.index("Optimisation history")


def study_of_families(**counts: int) -> optuna.Study:
    study = optuna.create_study(direction="maximize")
    for family, count in counts.items():
        for number in range(count):
            width = number + 1
            frozen = optuna.trial.create_trial(
                value=width / 10,
                params={"family": family, f"{family}.width": width},
                distributions={
                    "family": optuna.distributions.CategoricalDistribution(list(counts)),
                    f"{family}.width": optuna.distributions.IntDistribution(1, 50),
                },
            )
            study.add_trial(frozen)
    return study


def test_parameters_are_drawn_within_families_of_enough_trials(tmp_path):
    (page,) = draw_study(study_of_families(mlp=ENOUGH, linear=ENOUGH - 1), (ACCURACY,), tmp_path)

    text = page.read_text(encoding="utf-8")
    assert f"Parameter importances of mlp ({ENOUGH} trials)" in text
    assert "importances of linear" not in text
    assert f"Parallel coordinates of mlp ({ENOUGH} trials)" in text
    assert f"Slices of linear ({ENOUGH - 1} trials)" in text
    assert page.stat().st_size < 1e6


def test_the_page_says_why_there_are_no_importances(tmp_path):
    (page,) = draw_study(study_of_families(mlp=ENOUGH - 1), (ACCURACY,), tmp_path)

    text = page.read_text(encoding="utf-8")
    assert f"at least {ENOUGH} fully trained trials of one family" in text
    assert "Parameter importances of" not in text
