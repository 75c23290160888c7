"""A report after its model was scored on data that no trial has seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.reports import Remark, Report, with_section
from automl.core.specs import Objective
from automl.data.modality import Examples
from automl.drawing.scales import interval_text, number_text
from automl.jobs.report.covered import judge_test
from automl.jobs.report.judging import Judged, scores_of
from automl.jobs.report.scores import metrics_table
from automl.jobs.report.verdict import UNTESTED, in_order
from automl.jobs.report.writing import part_section
from automl.tasks.task import Task

if TYPE_CHECKING:
    import numpy as np

PART = "test"


@dataclass(frozen=True, kw_only=True)
class FurtherPart:
    """Rows that the model is shown on beside those that chose it.

    Attributes:
        key: of their section.
        words: what they are called in its title.
    """

    key: str
    words: str


TEST = FurtherPart(key="test", words="test data")
HOLDOUT = FurtherPart(key="holdout", words="the holdout")


def tested(
    report: Report,
    task: Task,
    examples: Examples,
    predictions: Mapping[str, np.ndarray],
    objective: Objective,
    schema: Mapping[str, Any],
    scores: Path,
    *,
    seen: int | None,
) -> Report:
    """Return a report with a test on some examples; see ``with_test``.

    Args:
        report: of the search.
        task: the fitted task.
        examples: with their targets.
        predictions: for them, by name.
        objective: what was searched for.
        schema: how the data of the search was read.
        scores: file with the scores of held-out rows, by which coverage goes; it need not exist.
        seen: test rows with inputs that were trained on, None where that is not known.
    """
    judged = judge_test(PART, task, scores, examples, predictions, schema)
    return with_test(report, judged, objective, seen=seen)


def with_test(report: Report, judged: Judged, objective: Objective, *, seen: int | None) -> Report:
    """Return a report with a test, in place of an earlier one.

    Args:
        report: of the search.
        judged: the model on the test.
        objective: what was searched for.
        seen: test rows with inputs that were trained on, None where that is not known.
    """
    name = objective.name
    label = f"{name}, {PART}"
    value = number_text(judged.metrics[name]) if name in judged.metrics else "–"
    entry = (label, value, interval_text(judged.intervals.get(name)))
    rest = [item for item in report.headline if item[0] != label]
    before = [item for item in report.scores if item.part != PART]
    promised = {**before[0].metrics, **before[0].corrected}.get(name) if before else None
    remarks = [item for item in report.remarks if not _is_replaced(item.text)]
    remarks += _seen(seen, judged.rows) + _confirmed(judged, objective, promised)
    remarks += judged.evidence.remarks
    report = with_part(report, judged, objective, TEST)
    return replace(report, headline=(*rest[:1], entry, *rest[1:]), remarks=in_order(tuple(remarks)))


def with_part(report: Report, judged: Judged, objective: Objective, part: FurtherPart) -> Report:
    """Return a report with what the model does on further rows, in place of what it told of such before.

    Args:
        report: of the search.
        judged: the model on the rows.
        objective: what was searched for.
        part: what they are.
    """
    scores = scores_of(judged)
    before = [item for item in report.scores if item.part != judged.part]
    beside = {item.part: item.metrics for item in before}
    section = part_section(judged, key=part.key)
    table = metrics_table(scores, beside, first=objective.name)
    section = replace(section, title=f"On {part.words}", figures=(table, *section.figures))
    report = with_section(report, section, after="scores")
    for own in judged.evidence.sections:
        own = replace(own, key=f"{part.key}_{own.key}", title=f"{own.title}, on {part.words}")
        report = with_section(report, own, after=part.key)
    return replace(report, scores=(*before, scores))


_TEST = "On the test,"


def _is_replaced(text: str) -> bool:
    return UNTESTED in text or text.startswith(_TEST)


def _seen(seen: int | None, rows: int) -> list[Remark]:
    if not seen:
        return []
    told = f"{_TEST} {seen:,} of {rows:,} rows have the inputs of rows that were trained on"
    text = f"{told}: its score is too good."
    return [Remark(mood="bad", text=text)]


def _confirmed(judged: Judged, objective: Objective, promised: float | None) -> list[Remark]:
    name = objective.name
    if name not in judged.metrics:
        return []
    score, ends = judged.metrics[name], judged.intervals.get(name)
    told = f"{_TEST} {judged.rows:,} rows, {name} is {number_text(score)} ({interval_text(ends)})"
    if promised is None or ends is None:
        return [Remark(mood="good", text=f"{told}.")]
    if ends[0] <= promised <= ends[1] or objective.better(score, promised):
        text = f"{told}, which confirms the {number_text(promised)} of the search."
        return [Remark(mood="good", text=text)]
    text = (
        f"{told}, worse than chance would explain: the search promised {number_text(promised)}. Expect "
        "what the test says."
    )
    return [Remark(mood="careful", text=text)]
