"""What was tried is drawn: the trio, time, curves, families, the front."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automl.core.figures import Bars, Parallel
from automl.jobs.report.trials import frame, trial_sections
from tests.jobs.report.searches import ACCURACY, RMSE, many, searched, trial


def by_title(section):
    return {figure.title: figure for figure in section.figures}


def test_the_trio_is_there():
    (section,) = trial_sections(searched(many(30)))
    kinds = [type(figure) for figure in section.figures]
    lines = by_title(section)["Parallel coordinates"]

    assert kinds[:2] == [Bars, Parallel]
    assert {"width", "activation", "batch_size"} <= {item.title for item in section.figures}
    assert lines.axes[0].label == "width"
    assert lines.axes[0].log
    assert lines.lines[0][-1] == max(values[-1] for values in lines.lines)


def test_a_parameter_that_is_the_same_in_all_compared_trials_is_not_drawn():
    full = tuple(trial(at, 0.5 + at / 100, with_={"a": 1, "b": at}) for at in range(5))
    short = trial(5, 0.4, "pruned", with_={"a": 2, "b": 9})
    (section,) = trial_sections(searched((*full, short)))

    assert "b" in by_title(section)
    assert "a" not in by_title(section)
    assert "a" in [axis.label for axis in by_title(section)["Parallel coordinates"].axes]


def test_of_few_trials_importances_are_left_out_and_that_is_said():
    (section,) = trial_sections(searched(many(4)))

    assert not [figure for figure in section.figures if isinstance(figure, Bars)]
    assert "at least 10 trials" in section.text


def test_a_search_without_scores_has_no_such_section():
    failed = trial(0, None, "failed", reason="NaN")

    assert trial_sections(replace(searched((trial(1, 0.5),)), trials=(failed,))) == ()


@pytest.mark.parametrize("objective", [ACCURACY, RMSE])
def test_a_hopeless_trial_does_not_flatten_the_others(objective):
    good = [0.80 + 0.001 * at for at in range(19)]
    low, high = frame([*good, 0.1 if objective is ACCURACY else 9.0], objective)

    assert high - low < 0.1
    assert all(low <= score <= high for score in good)
