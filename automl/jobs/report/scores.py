"""Scores side by side: of the model with intervals, of trials, and of trivial rules."""

from __future__ import annotations

from collections.abc import Mapping

from automl.core.figures import Bars, Cell, Figure, Number, Table, rounded
from automl.core.reports import Scores, Section
from automl.core.specs import COSTS
from automl.drawing.scales import interval_text
from automl.jobs.report.facts import BETTER, Searched
from automl.tasks.catalog import metric_named
from automl.tasks.prefixes import unprefixed


def scores_section(searched: Searched, held_out: Scores) -> Section:
    """Return the section of scores.

    Args:
        searched: the search.
        held_out: what the model scores on the rows that trials were scored on.
    """
    rivals = {item.baseline: dict(item.metrics) for item in searched.baselines}
    figures: list[Figure] = [metrics_table(held_out, rivals, first=searched.objective.name)]
    dots = _dots(searched, held_out)
    if dots is not None:
        figures.append(dots)
    text = (
        "Intervals are 95% bootstrap intervals over rows: how much a figure may change with other rows "
        f"of the same kind. {_on_choice(searched, held_out)}".strip()
        if held_out.intervals
        else ""
    )
    return Section(key="scores", title="How good it is", text=text, figures=tuple(figures))


def _on_choice(searched: Searched, held_out: Scores) -> str:
    if held_out.corrected:
        return (
            "Corrected figures, and their intervals, are less what the choice of the best trial on these "
            "rows made of them. That each trial was stopped at its best epoch on these rows is not taken "
            "off."
        )
    if len(searched.scored) < 2:
        return ""  # nothing was chosen
    return "They do not cover that the best of many trials was chosen on these rows."


def metrics_table(scores: Scores, beside: Mapping[str, Mapping[str, Number]], *, first: str) -> Table:
    """Return every metric with its interval, and what stands beside.

    Args:
        scores: of the model.
        beside: metrics of others, by their names.
        first: the metric that was searched for.
    """
    names = sorted((name for name in scores.metrics if name not in COSTS), key=lambda name: name != first)
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        metric = metric_named(unprefixed(name))
        rows.append(
            (
                name,
                rounded(scores.metrics[name], 5),
                *((rounded(scores.corrected.get(name), 5),) if scores.corrected else ()),
                interval_text(scores.intervals.get(name)),
                *(rounded(other.get(name), 5) for other in beside.values()),
                BETTER[metric.direction] if metric else "",
                metric.unit if metric else "",
            )
        )
    return Table(
        title="All metrics",
        columns=(
            *("metric", scores.part),
            *(("corrected",) if scores.corrected else ()),
            *("95% interval", *beside, "better", "unit"),
        ),
        rows=tuple(rows),
    )


def summary_scores(searched: Searched) -> Scores:
    """Return what ``result.json`` tells, where predictions are not at hand."""
    summary = searched.summary
    metrics = summary.get("ensemble_metrics") or summary.get("best_metrics") or {}
    known = {str(name): rounded(value, 9) for name, value in metrics.items() if name not in COSTS}
    return Scores(part=searched.part, rows=searched.rows, metrics=known, intervals={})


def _dots(searched: Searched, held_out: Scores) -> Bars | None:
    """The metric that was searched for: the model and its rivals."""
    name, several = searched.objective.name, len(searched.weights) > 1
    value, ends = held_out.metrics.get(name), held_out.intervals.get(name)
    entries: list[tuple[str, Number, tuple[float, float] | None]] = []
    if value is not None:
        what = "ensemble" if several else "model"
        corrected = held_out.corrected.get(name)
        entries.append((what, value, ends if corrected is None else None))
        if corrected is not None:
            entries.append((f"{what}, corrected", corrected, ends))
    alone = set() if several else set(searched.weights)
    rivals = [item for item in searched.scored if item.number not in alone][:3]
    entries += [(f"trial {item.number}", item.scores[0], None) for item in rivals]
    entries += [(item.baseline, item.scores[0], None) for item in searched.baselines if item.scores]
    if len(entries) < 2:
        return None
    return Bars(
        title=f"{name} beside trials and trivial rules",
        label=f"{name} ({BETTER[searched.objective.direction]} is better)",
        names=tuple(entry for entry, _, _ in entries),
        values=tuple(rounded(score) for _, score, _ in entries),
        low=tuple(rounded(span[0]) if span else None for _, _, span in entries),
        high=tuple(rounded(span[1]) if span else None for _, _, span in entries),
        dots=True,
    )
