"""Permutation importance of rules that are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.core.specs import Objective
from automl.core.targets import TARGET
from automl.data.modality import Examples
from automl.explanations.method import NotExplainedError, Subject
from automl.explanations.methods.importance import scoring_of, shown
from automl.explanations.permuting import REPEATS, Importance, importances_of
from automl.tasks.catalog import fit_task

ROWS = 300
RNG = np.random.default_rng(0)
INPUTS = {name: RNG.normal(size=ROWS) for name in ("strong", "weak", "noise")}
INPUTS["strong too"] = INPUTS["strong"] * 2
TRUTH = 3 * INPUTS["strong"] + INPUTS["weak"]
TASK = fit_task("regression", {TARGET: TRUTH[:, None]}, names=("y",), facts={})


def rule(inputs, of=None):
    mean = (inputs["strong"] + inputs["strong too"] / 2) / 2
    return {TARGET: (3 * mean + inputs["weak"])[:, None]}


def subject(**changes):
    known = Subject(
        task=TASK,
        examples=Examples(inputs=INPUTS, targets={TARGET: TRUTH[:, None]}),
        rows=(),
        predict=rule,
        objective=Objective(name="rmse", direction="minimize"),
        model=lambda: None,
        labels={"strong": "Strong"},
        seconds=5.0,
    )
    return replace(known, **changes)


def found(given):
    return importances_of(given, scoring_of(given), TASK.encode(given.examples.targets))


def test_what_the_rule_uses_is_found_and_twins_are_one():
    importances = found(subject())
    known = {item.columns: item for item in importances.found}

    assert list(known) == [("Strong", "strong too"), ("weak",), ("noise",)]
    assert importances.score == pytest.approx(0.0, abs=1e-6)
    assert known[("noise",)].mean == pytest.approx(0.0, abs=1e-6)
    assert known[("Strong", "strong too")].mean == pytest.approx(
        3 * np.sqrt(2) * INPUTS["strong"].std(), rel=0.1
    )
    low, high = known[("weak",)].interval
    assert low < known[("weak",)].mean < high
    assert all(len(item.drops) == REPEATS for item in importances.found)


def test_each_row_is_said_to_come_from_its_example():
    heard = []

    def listening(inputs, of=None):
        heard.append((len(inputs["weak"]), of))
        return rule(inputs)

    found(subject(predict=listening))

    assert all(len(of) == count and of.max() < ROWS for count, of in heard)
    assert heard[-1][0] == 3 * ROWS


def test_without_time_each_column_that_was_reached_is_told_and_the_rest_counted():
    importances = found(subject(seconds=0.0))

    assert len(importances.found) + importances.left_out == 3
    assert importances.found
    assert len(importances.found[0].drops) == 1
    assert importances.found[0].interval is None


def test_which_rows_were_scored_is_told_and_lines_only_where_there_are_any():
    whole, hurried = (shown(found(subject(seconds=seconds))).text for seconds in (5.0, 0.0))

    assert "shuffled among all 300 rows" in whole
    assert "The lines are 95% intervals" in whole
    assert "shuffled among 100 of 300 rows" in hurried
    assert "The lines are" not in hurried


def test_one_input_alone_is_not_permuted():
    lonely = Examples(inputs={"weak": INPUTS["weak"]}, targets={TARGET: TRUTH[:, None]})

    with pytest.raises(NotExplainedError, match=r"one only, 'weak': choose another method\.$"):
        found(subject(examples=lonely))


def test_channels_of_a_series_are_permuted_by_themselves():
    series = RNG.normal(size=(ROWS, 4, 3))
    truth = series[:, -1, 1:2]
    given = subject(
        examples=Examples(inputs={"series": series}, targets={TARGET: truth}),
        predict=lambda inputs, of=None: {TARGET: inputs["series"][:, -1, 1:2]},
        channels=("load", "heat", "wind"),
    )

    importances = found(given)

    assert importances.found[0].columns == ("heat",)
    assert [item.mean for item in importances.found[1:]] == pytest.approx([0.0, 0.0])


def test_the_page_shows_the_numbers_and_says_what_went_together():
    told = shown(found(subject()))

    (bars,) = told.figures
    assert bars.names == ("Strong + strong too", "weak", "noise")
    assert "Strong, strong too" in told.text
    assert told.values["groups"][0]["columns"] == ["Strong", "strong too"]
    assert bars.values[0] == pytest.approx(told.values["groups"][0]["worse"], rel=0.01)


def test_an_interval_narrows_with_repeats():
    few = Importance(columns=("a",), drops=(1.0, 1.2, 0.8)).interval
    many = Importance(columns=("a",), drops=(1.0, 1.2, 0.8) * 4).interval

    assert few[0] < many[0] < 1.0 < many[1] < few[1]
