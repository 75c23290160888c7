"""A report comes back from JSON as it was, and a section takes the place of an earlier one."""

from __future__ import annotations

import json

import pytest

from automl.core.reports import (
    Remark,
    Report,
    Scores,
    Section,
    report_from_json,
    report_to_json,
    with_section,
)
from tests.core.test_figures import SAMPLES

REPORT = Report(
    title="adult",
    kind="binary classification",
    made="today",
    verdict="It is good.",
    remarks=(Remark(mood="careful", text="Few rows."),),
    sections=(
        Section(key="scores", title="Scores", figures=SAMPLES),
        Section(key="card", title="Card", figures=(), text="Facts."),
    ),
    headline=(("accuracy", "0.87", "0.86 to 0.88"),),
    scores=(Scores(part="test", rows=9, metrics={"a": 0.5, "b": None}, intervals={"a": (0.4, 0.6)}),),
)


def test_a_report_comes_back_from_json_as_it_was():
    text = json.dumps(report_to_json(REPORT), allow_nan=False)

    assert report_from_json(json.loads(text)) == REPORT


def test_a_report_of_another_version_is_refused():
    with pytest.raises(ValueError, match="version 99"):
        report_from_json({**report_to_json(REPORT), "version": 99})


def test_a_section_comes_behind_the_one_that_is_named_and_replaces_its_like():
    once = with_section(REPORT, Section(key="test", title="first", figures=()), after="scores")
    twice = with_section(once, Section(key="test", title="second", figures=()), after="scores")

    assert [item.key for item in once.sections] == ["scores", "test", "card"]
    assert [item.title for item in twice.sections] == ["Scores", "second", "Card"]
