"""What a report says of scores that were looked at again: no more than their intervals allow."""

from __future__ import annotations

import json

import pytest

from automl.jobs.report.choosing import Choice, Difference
from automl.jobs.report.validated import (
    Estimate,
    HeldOut,
    Nested,
    Point,
    Validated,
    gap_of,
    validation_remarks,
    validation_section,
)
from automl.jobs.report.verdict import remarks_of, verdict_of
from tests.jobs.report.searches import ACCURACY, RMSE, many, rule, searched
from tests.jobs.report.test_verdict import SCORES

OWN = Estimate(value=0.85, low=0.82, high=0.88)


def held(value: float, half: float = 0.02) -> HeldOut:
    score = Estimate(value=value, low=value - half, high=value + half)
    return HeldOut(
        rows=900, score=score, gap=gap_of(OWN, score, ACCURACY), metrics={"accuracy": value}, intervals={}
    )


def against(low: float) -> Validated:
    difference = Difference(rival="majority", value=0.05, low=low, high=0.1, is_rule=True)
    return Validated(choice=Choice(trials=12, gains={"accuracy": 0.01}, differences=(difference,)))


def said(checked: Validated, objective=ACCURACY, own: Estimate = OWN) -> dict[str, str]:
    return {remark.text: remark.mood for remark in validation_remarks(checked, objective, own)}


def test_the_gap_is_above_0_where_too_much_was_promised_whichever_way_is_better():
    found = Estimate(value=0.8, low=0.76, high=0.84)

    assert gap_of(OWN, found, ACCURACY).value == pytest.approx(0.05)
    assert gap_of(OWN, found, RMSE).value == pytest.approx(-0.05)
    assert gap_of(OWN, found, ACCURACY).low == pytest.approx(0.05 - (0.03**2 + 0.04**2) ** 0.5)
    assert gap_of(OWN, Estimate(value=0.8), ACCURACY).ends is None


@pytest.mark.parametrize(
    ("value", "words", "mood"),
    [(0.84, "which chance explains", "good"), (0.7, "expect what the holdout says", "careful")],
)
def test_a_holdout_confirms_the_score_or_is_what_to_expect(value, words, mood):
    found = said(Validated(holdout=held(value)))

    assert [text for text in found if words in text and found[text] == mood]


def test_with_a_holdout_nobody_is_told_that_new_data_will_score_worse():
    job = searched(many(30), validated=Validated(holdout=held(0.84)))

    assert not [item for item in remarks_of(job, SCORES) if "best of 30 trials" in item.text]
    assert "On 900 rows that the search never looked at it reaches 0.84" in verdict_of(job, SCORES, "y")


@pytest.mark.parametrize(
    ("low", "mood", "words"), [(0.01, "good", "do predict the target"), (-0.01, "careful", "may be chance")]
)
def test_the_model_beats_a_rule_where_the_difference_on_the_same_rows_says_so(low, mood, words):
    job = searched(many(3), baselines=(rule("majority", 0.8),), validated=against(low))

    assert {item.mood for item in remarks_of(job, SCORES) if words in item.text} == {mood}


def test_nested_folds_that_are_missing_are_told():
    score = Estimate(value=0.8, low=0.75, high=0.85)
    whole = Nested(folds=5, of=5, rows=500, score=score, scores=(0.7, 0.8, 0.8, 0.85, 0.85), seconds=10.0)
    part = Nested(folds=4, of=5, rows=400, score=score, scores=(0.7, 0.8, 0.85, 0.85), seconds=8.0)

    assert {*said(Validated(nested=whole)).values()} == {"good"}
    ((text, mood),) = said(Validated(nested=part)).items()
    assert mood == "careful"
    assert "1 of 5 folds are missing" in text


@pytest.mark.parametrize(
    ("seeds", "mood"), [((0.85, 0.84, 0.86, 0.85), "good"), ((0.85, 0.84, 0.845), "careful")]
)
def test_a_lucky_seed_is_told(seeds, mood):
    assert {*said(Validated(seeds=seeds)).values()} == {mood}


@pytest.mark.parametrize(
    ("scores", "words"),
    [((0.7, 0.76, 0.81, 0.85), "may give about 0.882"), ((0.8, 0.849, 0.85, 0.85), "would hardly help")],
)
def test_a_learning_curve_says_whether_more_rows_are_worth_it(scores, words):
    curve = tuple(
        Point(rows=rows, score=score) for rows, score in zip((50, 100, 200, 400), scores, strict=True)
    )

    assert [text for text in said(Validated(curve=curve)) if words in text]


def test_the_section_and_the_result_hold_every_number():
    curve = (Point(rows=100, score=0.8), Point(rows=200, score=0.85))
    checked = Validated(choice=against(0.01).choice, holdout=held(0.84), seeds=(0.85, 0.84), curve=curve)

    section = validation_section(checked, ACCURACY, OWN, "validation")
    facts = json.loads(json.dumps(checked.facts(), allow_nan=False))

    titles = [figure.title for figure in section.figures]
    assert titles == [
        "The same score, looked at with care",
        "Against others on the same rows",
        "The best trial with other seeds",
        "More rows",
    ]
    assert section.figures[0].rows[1][:3] == ("validation, corrected", "less the choice among trials", 0.84)
    assert facts["holdout"]["refitted"] is False
    assert facts["holdout"]["gap"]["value"] == pytest.approx(0.01)
    assert facts["learning_curve"][-1] == {"rows": 200, "score": 0.85}


def test_a_rule_that_cannot_be_compared_on_the_same_rows_is_named():
    checked = Validated(choice=against(0.01).choice)
    known = checked.choice.differences[0].rival

    section = validation_section(checked, ACCURACY, OWN, "validation", rules=(known, "ridge"))

    (table,) = [figure for figure in section.figures if figure.title == "Against others on the same rows"]
    assert table.note.endswith("as no predictions are kept of it: ridge.")


def test_of_nothing_known_nothing_is_told():
    assert validation_section(Validated(), ACCURACY, OWN, "validation") is None
    assert said(Validated()) == {}
    assert Validated().facts()["holdout"] is None
