"""How sure predictions are: how often intervals or sets held the truth, and how much they tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import InputError
from automl.core.figures import INK, Axis, Cell, Chart, Figure, Line, Table, numbers, rounded
from automl.core.protected import Protected
from automl.core.reports import Remark, Section
from automl.data.modality import Examples
from automl.jobs.coverage import USUAL, covering, method_of, read_kept
from automl.jobs.groups import encoded_with_groups
from automl.jobs.report.fairness import with_groups
from automl.jobs.report.judging import Judged, judge
from automl.jobs.report.resampling import ENDLESS, Patience
from automl.tasks.task import Task

if TYPE_CHECKING:
    import numpy as np

    from automl.tasks.conformal.measured import Measured

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Coverages that are tried."""

KEY = "coverage"

MOST_GROUPS = 20
"""Of a table."""

SHORT = 0.03
"""By so much a coverage may fall short before that is told."""


def with_coverage(judged: Judged, measured: Mapping[float, Measured], asked: float, how: str) -> Judged:
    """Return what was judged with a section on coverage.

    Args:
        judged: the model on some rows.
        measured: by the coverage that was asked for; nothing is added without any.
        asked: the coverage that groups, steps and the remark are about.
        how: how it was measured, as a sentence.
    """
    found = {level: item.result() for level, item in measured.items() if item.whole.rows}
    if not found:
        return judged
    evidence = judged.evidence
    section = Section(key=KEY, title="How sure it is", text=_text(how), figures=_figures(found, asked))
    remarks = (*evidence.remarks, *_remarks(found.get(asked)))
    return replace(
        judged, evidence=replace(evidence, sections=(*evidence.sections, section), remarks=remarks)
    )


def judge_test(
    part: str,
    task: Task,
    path: Path,
    examples: Examples,
    predictions: Mapping[str, np.ndarray],
    schema: Mapping[str, Any],
    *,
    patience: Patience = ENDLESS,
) -> Judged:
    """Return what the model is worth on a test, with its groups, and the coverage where the job keeps
    scores.

    Args:
        part: what the examples are called.
        task: of the job.
        path: of the scores of held-out rows.
        examples: of the test, with their targets.
        predictions: for them.
        schema: how the data of the search was read, with the groups that are compared.
        patience: with resampling for intervals.
    """
    protected = Protected.of(schema.get("protected"))
    encoded = encoded_with_groups(task, examples)
    judged = judge(part, task, examples, encoded, predictions, seed=0, patience=patience)
    judged = with_groups(judged, task, examples, encoded, predictions, protected)
    if not path.exists() or method_of(task.kind) is None:
        return judged
    kept = read_kept(path)
    asked = kept.coverage or USUAL
    measured = {}
    for level in sorted({*LEVELS, asked}):
        try:
            covers = covering(path, task, "str", level)
            if covers is not None:
                measured[level] = covers.measured()
                covers.measure(measured[level], examples, predictions, encoded)
        except InputError:
            continue  # too few held-out rows for that coverage, or no column with the groups
    how = "Rows of the test, by the errors of held-out rows of the search."
    return with_coverage(judged, measured, asked, how)


def _text(how: str) -> str:
    return f"{how} `automl predict --coverage 0.9` writes intervals or sets that hold the truth as often."


def _figures(found: Mapping[float, Mapping[str, Any]], asked: float) -> tuple[Figure, ...]:
    figures: list[Figure] = []
    if len(found) > 1:
        figures.append(_chart(found))
    figures.append(_levels(found))
    at = found.get(asked, {})
    if at.get("steps"):
        figures.append(_by_step(at))
    if at.get("groups"):
        figures.append(_by_group(at))
    return tuple(figures)


def _chart(found: Mapping[float, Mapping[str, Any]]) -> Chart:
    levels = sorted(found)
    return Chart(
        title="Coverage asked for and measured",
        x=Axis(label="coverage asked for"),
        y=Axis(label="share of rows that hold the truth"),
        lines=(
            Line(name="measured", x=numbers(levels), y=numbers(found[at]["measured"] for at in levels)),
            Line(name="as asked for", x=numbers(levels), y=numbers(levels), tone=INK, dashed=True),
        ),
    )


def _levels(found: Mapping[float, Mapping[str, Any]]) -> Table:
    size = next(iter(found.values()))["size_is"]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (rounded(level), rounded(item["measured"], 4), rounded(item["size"], 5))
        for level, item in sorted(found.items())
    )
    return Table(title="Coverage and what it costs", columns=("asked for", "measured", size), rows=rows)


def _by_step(found: Mapping[str, Any]) -> Chart:
    steps = found["steps"]
    return Chart(
        title=f"Width of intervals at {found['asked']:g} by step",
        x=Axis(label="steps ahead"),
        y=Axis(label="mean width, all targets", low=0.0),
        lines=(
            Line(
                name="width",
                x=numbers(item["step"] for item in steps),
                y=numbers(item["size"] for item in steps),
            ),
        ),
    )


def _by_group(found: Mapping[str, Any]) -> Table:
    groups = sorted(found["groups"].items(), key=lambda item: -item[1]["rows"])
    return Table(
        title=f"Coverage at {found['asked']:g} by {found['by']}",
        columns=(str(found["by"]), "rows", "measured", found["size_is"]),
        rows=tuple(
            (name, item["rows"], rounded(item["measured"], 4), rounded(item["size"], 5))
            for name, item in groups[:MOST_GROUPS]
        ),
        note=f"The largest {MOST_GROUPS} of {len(groups)} groups." if len(groups) > MOST_GROUPS else "",
    )


def _remarks(found: Mapping[str, Any] | None) -> tuple[Remark, ...]:
    if found is None:
        return ()
    asked, measured, span = found["asked"], found["measured"], found.get("interval")
    if measured > asked - SHORT or (span is not None and span[1] >= asked):
        return ()
    text = (
        f"Intervals or sets that shall hold the truth of {asked:.0%} of the rows hold that of "
        f"{measured:.1%}: rows differ from those that they were fitted on."
    )
    return (Remark(mood="careful", text=text),)
