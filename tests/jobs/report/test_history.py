"""The course of a search is drawn: time, curves, families, the front."""

from __future__ import annotations

from automl.core.figures import Chart
from automl.core.specs import Objective
from automl.jobs.report.history import history_section, timeline
from tests.jobs.report.searches import ACCURACY, curve, rule, rungs, searched, trial


def by_title(section):
    return {figure.title: figure for figure in section.figures}


def test_the_best_so_far_only_gets_better_and_heeds_limits():
    first = trial(0, 0.7, rungs=rungs(0.6, 0.7))
    second = trial(1, 0.9, rungs=rungs(0.9), constraints=(1.0,))
    (chart,) = timeline(searched((first, second), baselines=(rule("majority", 0.65), rule("worse", 0.1))))
    lines = {line.name: line for line in chart.lines}

    assert lines["best so far"].y[-1] == 0.7
    assert list(lines["best so far"].y) == sorted(y for y in lines["best so far"].y if y is not None)
    assert lines["majority"].y == (0.65, 0.65)
    assert "worse" not in lines


def test_trials_without_rungs_have_their_time_from_their_epochs():
    epochs = {**curve(0, [0.5, 0.6]), **curve(1, [0.5, 0.7], began=60)}
    (chart,) = timeline(searched((trial(0, 0.6), trial(1, 0.7)), epochs=epochs))

    assert [round(x, 2) for x in chart.lines[0].x] == [0.02, 1.02]


def test_curves_of_the_best_trials_have_names():
    epochs = {number: curve(number, [0.5, 0.6, 0.7])[number] for number in range(8)}
    trials = tuple(trial(number, 0.5 + 0.01 * number) for number in range(8))
    chart = by_title(history_section(searched(trials, epochs=epochs)))["Curves by trial"]
    named = [line.name for line in chart.lines if line.name]

    assert len(chart.lines) == 8
    assert set(named) == {f"trial {number}" for number in (3, 4, 5, 6, 7)}


def test_several_objectives_have_a_front():
    cost = Objective(name="parameters", direction="minimize")
    trials = tuple(trial(at, None, scores=(0.5 + 0.1 * at, 10.0 ** (at + 2))) for at in range(3))
    chart = by_title(
        history_section(searched(trials, objectives=(ACCURACY, cost), front=frozenset({0, 2})))
    )["Pareto front"]

    assert isinstance(chart, Chart)
    assert chart.x.log
    assert [len(line.x) for line in chart.lines] == [1, 2]


def test_families_time_and_failures_are_told():
    trials = (trial(0, 0.5, seconds=3.0), trial(1, None, "failed", reason="NaN loss", seconds=1.0))
    timings = [
        {"phase": "all trials", "at": 0.0, "seconds": 4.0},
        {"phase": "a", "at": 0.0, "seconds": 0.1},
    ]
    section = history_section(searched(trials, summary={"timings": timings}))
    figures = by_title(section)

    assert figures["Families"].rows == (("mlp", 2, 1, 1, 0.5, 4, "100%"),)
    assert figures["Where the time went"].names == ("all trials",)
    assert figures["Why trials failed"].rows == (("NaN loss", 1),)
    assert section.text == "2 trials: 1 fully trained, 1 failed."


def test_a_trial_that_the_deadline_cut_is_not_told_as_fully_trained():
    section = history_section(searched((trial(0, 0.5, reason="deadline"),)))

    assert section.text == "1 trial: 1 cut short by the end of the time."
    assert by_title(section)["Families"].rows[0][:4] == ("mlp", 1, 0, 0)
