"""What was found, in one paragraph, and what to be careful about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl.core.reports import Remark, Scores
from automl.core.specs import Objective, TrialRecord
from automl.drawing.scales import interval_text, number_text
from automl.jobs.report.choosing import Difference
from automl.jobs.report.facts import Searched, end_of
from automl.jobs.report.validated import honest
from automl.spaces.space import family_of

FEW_ROWS = 200
"""Held-out rows below which scores say little."""

LATE = 0.8
"""Share of the trials after which a best trial suggests that a longer search would find a better one."""

MANY_FAILURES = 0.2
"""Share of trials that failed from which it is told."""

MANY_TRIALS = 10
"""Trials from which the best one's score on the rows that chose it is too good to be told as it is."""

UNTESTED = "`automl report DIR --test FILE` adds scores on rows that no trial has seen."


def verdict_of(searched: Searched, held_out: Scores, what: str) -> str:
    """Return the paragraph.

    Args:
        searched: the search.
        held_out: what the model scores on the rows that trials were scored on.
        what: what is predicted, such as ``income``.
    """
    name, value = searched.objective.name, _value(searched, held_out)
    told = f"{_model(searched)} predicts {what} with {name} {number_text(value)}"
    corrected = _corrected(searched, held_out)
    if number_text(corrected) != number_text(value):
        told += f", or {number_text(corrected)} once the choice among trials is taken off"
    if name in held_out.intervals:
        told += f" (95% interval {interval_text(held_out.intervals[name])})"
    sentences = [f"{told} {_where(searched)}."]
    rule = best_rule(searched)
    if rule is not None:
        sentences.append(_against(rule, corrected, searched.objective))
    seconds = float(searched.summary.get("seconds", 0.0))
    took = f"{seconds / 60:.1f} minutes" if seconds >= 117 else f"{seconds:.0f} seconds"
    count = len(searched.trials)
    known = searched.validated.holdout
    if known is not None:
        sentences.append(
            f"On {known.rows:,} rows that the search never looked at it reaches "
            f"{number_text(known.score.value)} (95% interval {interval_text(known.score.ends)})."
        )
    sentences.append(f"It was found in {count} trial{'s' if count != 1 else ''} and {took}.")
    return " ".join(sentences)


def headline_of(searched: Searched, held_out: Scores, size: str) -> tuple[tuple[str, str, str], ...]:
    """Return the figures that stand out: a label, a value, what stands below.

    Args:
        searched: the search.
        held_out: what the model scores.
        size: of its file, as text.
    """
    name = searched.objective.name
    ends = held_out.intervals.get(name)
    value, corrected = (number_text(of(searched, held_out)) for of in (_value, _corrected))
    below = interval_text(ends) if ends else ""
    if corrected != value:  # which the interval is about, and may not hold the value
        below = f"corrected {corrected}{f', {below}' if below else ''}"
    found = [(f"{name}, {searched.part}", value, below)]
    known = searched.validated.holdout
    if known is not None:
        found.append((f"{name}, holdout", number_text(known.score.value), interval_text(known.score.ends)))
    rule = best_rule(searched)
    if rule is not None:
        found.append((f"{name}, {rule.baseline}", number_text(rule.scores[0]), "best trivial rule"))
    full = sum(end_of(item) == "complete" for item in searched.trials)
    found.append(("trials", str(len(searched.trials)), f"{full} fully trained"))
    weights = searched.weights
    families = [family_of(item.configuration) for item in searched.trials if item.number in weights]
    model = f"{len(weights)} trials joined" if len(weights) > 1 else next(iter(families), "") or "own"
    found.append(("model", model, size))
    return tuple(found)


def remarks_of(searched: Searched, held_out: Scores) -> tuple[Remark, ...]:
    """Return what to know beside the verdict."""
    return (
        *_told(searched.summary),
        *_worth(searched, held_out),
        *_chosen(searched),
        *_course(searched),
    )


def in_order(remarks: tuple[Remark, ...]) -> tuple[Remark, ...]:
    """Return each remark once, what speaks against the model first."""
    order = {"bad": 0, "careful": 1, "good": 2}
    unique = {remark.text: remark for remark in remarks}
    return tuple(sorted(unique.values(), key=lambda remark: order[remark.mood]))


def best_rule(searched: Searched) -> TrialRecord | None:
    """Return the trivial rule with the best score."""
    best: TrialRecord | None = None
    for item in searched.baselines:
        if item.scores and searched.objective.better(item.scores[0], best.scores[0] if best else None):
            best = item
    return best


def _value(searched: Searched, held_out: Scores) -> float:
    known = held_out.metrics.get(searched.objective.name)
    return float(searched.summary["best_score"] if known is None else known)


def _corrected(searched: Searched, held_out: Scores) -> float:
    """The same, less what the choice among trials made of it, where that is known."""
    known = held_out.corrected.get(searched.objective.name)
    return _value(searched, held_out) if known is None else float(known)


def _model(searched: Searched) -> str:
    weights = searched.weights
    members = [item for item in searched.trials if item.number in weights]
    families = [name for name in dict.fromkeys(family_of(item.configuration) for item in members) if name]
    if len(weights) > 1:
        return f"An ensemble of {len(weights)} trials ({', '.join(families)})"
    return f"A model of the family {families[0]}" if families else "The best model"


def _where(searched: Searched) -> str:
    rows = f"{searched.rows:,} rows" if searched.rows else "rows"
    folds = searched.summary.get("folds")
    if folds:
        return f"on {rows}, each predicted by a network of {folds} folds that was not trained on it"
    return f"on {rows} that were held out of training"


def _against(rule: TrialRecord, value: float, objective: Objective) -> str:
    score = rule.scores[0]
    told = f"The best trivial rule, {rule.baseline}, reaches {number_text(score)}"
    if not objective.better(value, score):
        return f"{told}, which is no worse."
    if objective.direction == "minimize" and score > 0 and value >= 0:
        return f"{told}: the model's is {1 - value / score:.0%} smaller."
    if objective.direction == "maximize" and 0 <= score < 1 and value <= 1:
        share = (value - score) / (1 - score)
        return f"{told}: the model goes {share:.0%} of the way from there to perfect."
    return f"{told}."


def _told(summary: Mapping[str, Any]) -> list[Remark]:
    remarks = []
    error = str(summary.get("exported_error") or "")
    if error:
        remarks.append(Remark(mood="bad", text=error))
    limits, _, _ = str(summary.get("warning", "")).removeprefix("Warning: ").partition(" Warning: ")
    if limits.startswith("no trial keeps"):
        remarks.append(Remark(mood="bad", text=limits[0].upper() + limits[1:]))
    if summary.get("state") == "interrupted":
        text = "The search was interrupted; `automl resume` goes on with it."
        remarks.append(Remark(mood="careful", text=text))
    told = [str(text) for text in summary.get("warnings", ())]
    return remarks + [Remark(mood="careful", text=text) for text in told if text != error]


def _worth(searched: Searched, held_out: Scores) -> list[Remark]:
    rule, name = best_rule(searched), searched.objective.name
    value, ends = held_out.metrics.get(name), held_out.intervals.get(name)
    if rule is None or value is None:
        return []
    score, named = rule.scores[0], f"rule {rule.baseline!r} ({number_text(rule.scores[0])})"
    if not searched.objective.better(value, score):
        text = f"The model does not beat the {named}: search longer, find inputs that tell more, or use it."
        return [Remark(mood="bad", text=text)]
    known = _difference(searched, rule)
    if known is not None:
        told = f"On the same rows the model is better than the {named} by {number_text(known.value)}"
        told += f" (95% interval {interval_text((known.low, known.high))})"
        if known.low > 0:
            return [Remark(mood="good", text=f"{told}: the inputs do predict the target.")]
        return [Remark(mood="careful", text=f"{told}: that it is better may be chance.")]
    if ends is None:
        return []
    if ends[0] <= score <= ends[1]:
        text = f"The {named} lies within the interval: that the model is better may be chance."
        return [Remark(mood="careful", text=text)]
    text = f"The {named} lies outside the interval: the inputs do predict the target."
    return [Remark(mood="good", text=text)]


def _difference(searched: Searched, rule: TrialRecord) -> Difference | None:
    choice = searched.validated.choice
    found = () if choice is None else choice.differences
    return next((item for item in found if item.is_rule and item.rival == rule.baseline), None)


def _chosen(searched: Searched) -> list[Remark]:
    remarks = []
    if 0 < searched.rows < FEW_ROWS:
        text = f"{searched.rows} held-out rows are few: small differences of scores are chance."
        remarks.append(Remark(mood="careful", text=text))
    total = len(searched.trials)
    if total >= MANY_TRIALS and not honest(searched.validated):
        text = f"This is the best of {total} trials on the rows that chose it: new data will score worse."
        text += f" {UNTESTED}" if searched.tests else ""
        remarks.append(Remark(mood="careful", text=text))
    return remarks


def _course(searched: Searched) -> list[Remark]:
    remarks = []
    total = len(searched.trials)
    failed = sum(item.state == "failed" for item in searched.trials)
    if total and failed / total >= MANY_FAILURES:
        text = f"{failed} of {total} trials failed; the reasons are listed below."
        remarks.append(Remark(mood="careful", text=text))
    best = int(searched.summary["best_trial"])
    if total >= MANY_TRIALS and best >= LATE * total:
        text = f"The best trial, number {best}, came late: a longer search may find a better one."
        remarks.append(Remark(mood="careful", text=text))
    return remarks
