"""The verdict says how good the model is, and never more than the figures allow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automl.core.reports import Remark, Scores
from automl.jobs.report.scores import scores_section, summary_scores
from automl.jobs.report.verdict import headline_of, in_order, remarks_of, verdict_of
from tests.jobs.report.searches import RMSE, many, rule, searched, trial

SCORES = Scores(
    part="validation",
    rows=500,
    metrics={"accuracy": 0.85, "log_loss": 0.4},
    intervals={"accuracy": (0.82, 0.88)},
)


def moods(searched, scores=SCORES):
    return {remark.text: remark.mood for remark in remarks_of(searched, scores)}


def said(searched, words, scores=SCORES):
    return {mood for text, mood in moods(searched, scores).items() if words in text}


def test_the_paragraph_tells_score_interval_rows_and_the_best_rule():
    job = searched(many(12), baselines=(rule("majority", 0.7), rule("worse", 0.2)))

    text = verdict_of(job, SCORES, "income")

    assert text.startswith(
        "A model of the family mlp predicts income with accuracy 0.85 (95% interval 0.82"
    )
    assert "on 500 rows that were held out of training." in text
    assert "majority, reaches 0.7: the model goes 50% of the way from there to perfect." in text
    assert text.endswith("It was found in 12 trials and 61 seconds.")


def test_a_score_less_the_choice_of_the_best_trial_is_what_is_compared_with_the_rule():
    job = searched(many(12), baselines=(rule("majority", 0.84),))
    scores = replace(SCORES, corrected={"accuracy": 0.83}, intervals={"accuracy": (0.8, 0.845)})

    text = verdict_of(job, scores, "income")

    assert "accuracy 0.85, or 0.83 once the choice among trials is taken off (95% interval 0.80" in text
    assert "majority, reaches 0.84, which is no worse." in text
    assert headline_of(job, scores, "")[0][1:] == ("0.85", "corrected 0.83, 0.800 to 0.845")


def test_errors_are_told_as_smaller():
    job = searched((trial(0, 2.0),), objective=RMSE, baselines=(rule("mean", 4.0),))
    scores = replace(SCORES, metrics={"rmse": 2.0}, intervals={})

    assert "mean, reaches 4: the model's is 50% smaller." in verdict_of(job, scores, "price")


def test_an_ensemble_and_folds_are_named():
    members = [{"trial": 0, "weight": 0.5}, {"trial": 1, "weight": 0.5}]
    job = searched((trial(0, 0.8), trial(1, 0.7)), summary={"members": members, "folds": 5})

    text = verdict_of(job, SCORES, "y")

    assert text.startswith("An ensemble of 2 trials (mlp)")
    assert "each predicted by a network of 5 folds that was not trained on it" in text


@pytest.mark.parametrize(
    ("score", "mood", "words"),
    [
        (0.5, "good", "lies outside the interval"),
        (0.83, "careful", "may be chance"),
        (0.9, "bad", "does not beat the rule"),
    ],
)
def test_the_model_is_weighed_against_the_best_rule(score, mood, words):
    assert said(searched(many(3), baselines=(rule("majority", score),)), words) == {mood}


def test_few_rows_and_many_trials_ask_for_care():
    job = searched(many(30), rows=90)

    assert said(job, "90 held-out rows are few") == {"careful"}
    assert said(job, "best of 30 trials on the rows that chose it") == {"careful"}
    assert said(replace(job, tests=False), "--test") == set()
    assert said(searched(many(3)), "best of") == set()


def test_what_went_wrong_is_told_first():
    summary = {
        "exported_error": "The file differs.",
        "warnings": ["A column was guessed.", "The file differs."],
        "warning": "Warning: no trial keeps every constraint; the best one violates latency_ms<=1.",
        "state": "interrupted",
    }
    failed = tuple(trial(at, None, "failed", reason="NaN") for at in range(10, 14))
    job = searched((*many(10), *failed), summary=summary)

    told = in_order(remarks_of(job, SCORES))

    assert [item.mood for item in told][:2] == ["bad", "bad"]
    assert sum(item.text == "The file differs." for item in told) == 1
    assert said(job, "violates latency_ms") == {"bad"}
    assert said(job, "4 of 14 trials failed") == {"careful"}
    assert said(job, "interrupted") == {"careful"}


def test_a_best_trial_that_came_late_suggests_a_longer_search():
    late = (*(trial(at, 0.5) for at in range(19)), trial(19, 0.9))
    early = (trial(0, 0.9), *(trial(at, 0.5) for at in range(1, 20)))

    assert said(searched(late), "came late") == {"careful"}
    assert said(searched(early), "came late") == set()


def test_remarks_stand_once_and_in_order():
    remarks = (Remark(mood="good", text="a"), Remark(mood="bad", text="b"), Remark(mood="good", text="a"))

    assert [item.text for item in in_order(remarks)] == ["b", "a"]


def test_the_first_figures_are_score_rule_trials_and_model():
    job = searched(many(5), baselines=(rule("majority", 0.7),))

    assert headline_of(job, SCORES, "1.2 MB") == (
        ("accuracy, validation", "0.85", "0.820 to 0.880"),
        ("accuracy, majority", "0.7", "best trivial rule"),
        ("trials", "5", "5 fully trained"),
        ("model", "mlp", "1.2 MB"),
    )


def test_the_metric_that_was_searched_for_comes_first_with_those_of_rules_beside():
    table, dots = scores_section(searched(many(3), baselines=(rule("majority", 0.7),)), SCORES).figures

    assert table.columns == ("metric", "validation", "95% interval", "majority", "better", "unit")
    assert table.rows[0] == ("accuracy", 0.85, "0.820 to 0.880", 0.7, "higher", "share")
    assert table.rows[1] == ("log_loss", 0.4, "–", None, "lower", "nats")
    assert (dots.names[0], dots.low[0], dots.high[0]) == ("model", 0.82, 0.88)
    assert dots.names[-1] == "majority"


@pytest.mark.parametrize(("trials", "told"), [(1, False), (2, True)])
def test_a_choice_is_spoken_of_only_where_there_was_one(trials, told):
    text = scores_section(searched(many(trials)), SCORES).text

    assert ("the best of many trials was chosen" in text) == told


def test_without_predictions_the_summary_is_told():
    job = searched((trial(0, 0.8),), summary={"best_metrics": {"accuracy": 0.8, "parameters": 7.0}})

    scores = summary_scores(job)

    assert scores.metrics == {"accuracy": 0.8}
    assert "with accuracy 0.8 on 500 rows" in verdict_of(job, scores, "y")
