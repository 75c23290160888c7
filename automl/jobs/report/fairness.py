"""Protected groups in a report: what answers are worth in each, and how much they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from automl.core.figures import Bars, Cell, Figure, Table, rounded
from automl.core.protected import Protected
from automl.core.reports import Remark, Section
from automl.data.modality import Examples
from automl.drawing.scales import number_text, span_text
from automl.jobs.groups import Answered, compare, groups_in
from automl.jobs.report.judging import Judged
from automl.metrics.metric import EQUALIZED_ODDS
from automl.tasks.task import Task

if TYPE_CHECKING:
    import numpy as np

KEY = "groups"

ALIKE, APART = 0.05, 0.1
"""Differences of equalized odds up to which groups are treated alike, and from which they are not."""

TEXT = (
    "Differences are between the highest and the lowest rate of groups. With few rows a rate is off by "
    "chance, which makes differences look larger: the 95% bootstrap intervals say by how much. A rate "
    "that a group has no rows for is undefined, not 0. Which difference matters is not a question of "
    "statistics."
)


def with_groups(
    judged: Judged,
    task: Task,
    examples: Examples,
    encoded: Mapping[str, np.ndarray],
    predictions: Mapping[str, np.ndarray],
    protected: Protected | None,
) -> Judged:
    """Return what was judged with a section on protected groups; as it is without any.

    Args:
        judged: the model on some rows.
        task: the fitted task.
        examples: the rows.
        encoded: their encoded targets, with the protected groups where the task compares them.
        predictions: for them.
        protected: the groups, or None.
    """
    groups = groups_in(protected, examples)
    if not groups:
        return judged
    found = compare(Answered(task=task, encoded=encoded, predictions=predictions), groups)
    figures = tuple(figure for column, item in found.items() for figure in _figures(column, item))
    section = Section(key=KEY, title="Protected groups", text=TEXT, figures=figures)
    evidence = judged.evidence
    remarks = (*evidence.remarks, *_remarks(found))
    return replace(
        judged, evidence=replace(evidence, sections=(*evidence.sections, section), remarks=remarks)
    )


def _figures(column: str, found: Mapping[str, Any]) -> tuple[Figure, ...]:
    groups = found["groups"]
    metrics = [key for key in next(iter(groups.values())) if key != "rows"]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, own["rows"], *(_cell(own[key]) for key in metrics)) for name, own in groups.items()
    )
    table = Table(
        title=f"By {column}",
        columns=(column, "rows", *metrics),
        rows=rows,
        note=" ".join(found["undefined"]),
    )
    if not found["differences"]:
        return (table,)
    differences = Table(
        title=f"Differences by {column}",
        columns=("difference", "value", "95% interval"),
        rows=tuple(
            (name, rounded(value["value"], 4), _span(value)) for name, value in found["differences"].items()
        ),
    )
    return (table, differences, *(_bars(column, key, groups) for key in metrics[1:3]))


def _bars(column: str, metric: str, groups: Mapping[str, Any]) -> Bars:
    values = [own[metric] for own in groups.values()]
    return Bars(
        title=f"{metric} by {column}",
        label=metric,
        names=tuple(groups),
        values=tuple(rounded(value["value"], 5) for value in values),
        low=tuple(rounded(value["low"], 5) for value in values),
        high=tuple(rounded(value["high"], 5) for value in values),
        dots=True,
    )


def _cell(value: Mapping[str, Any]) -> str:
    if value["value"] is None:
        return "undefined"
    text = number_text(value["value"])
    return text if value["low"] is None else f"{text} ({_span(value)})"


def _span(value: Mapping[str, Any]) -> str:
    return "–" if value["low"] is None else span_text(value["low"], value["high"])


def _remarks(found: Mapping[str, Any]) -> tuple[Remark, ...]:
    remarks = []
    for column, item in found.items():
        odds = item["differences"].get(EQUALIZED_ODDS.name)
        if odds is None:
            continue
        if odds["value"] is None:
            text = f"Whether groups by {column} are treated alike cannot be told: few have both classes."
            remarks.append(Remark(mood="careful", text=text))
        elif odds["value"] > APART:
            text = (
                f"Groups by {column} are not treated alike: {EQUALIZED_ODDS.name} is "
                f"{number_text(odds['value'])} ({_span(odds)})."
            )
            remarks.append(Remark(mood="bad", text=text))
        elif odds["value"] <= ALIKE:
            size = number_text(odds["value"])
            text = f"Groups by {column} are treated alike: {EQUALIZED_ODDS.name} is {size}."
            remarks.append(Remark(mood="good", text=text))
    return tuple(remarks)
