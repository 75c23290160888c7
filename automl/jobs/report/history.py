"""The course of a search: score against time, curves, families, the front, time spent, failures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from automl.core.figures import INK, MUTED, Axis, Bars, Chart, Figure, Line, Table, few, numbers, rounded
from automl.core.reports import Section
from automl.core.specs import TrialRecord
from automl.jobs.report.facts import CUT, Searched, by_family, end_of
from automl.jobs.report.trials import score_axis, spans_orders, trial_words

MOST_BARS = 12
"""Phases that are shown."""

STATES = {
    "complete": "fully trained",
    CUT: "cut short by the end of the time",
    "pruned": "stopped early",
    "paused": "waiting",
    "failed": "failed",
}
"""How trials ended, in words."""


def history_section(searched: Searched) -> Section:
    """Return the section on the course of the search: score against time, curves, families, failures."""
    figures: list[Figure] = [
        *timeline(searched),
        *_curves(searched),
        *_front(searched),
        *_families(searched),
        *_phases(searched),
        *_failures(searched),
    ]
    states: Counter[str] = Counter(end_of(item) for item in searched.trials)
    words = STATES.items()
    counts = ", ".join(f"{states[state]} {word}" for state, word in words if states[state])
    count = len(searched.trials)
    text = f"{count} trial{'s' * (count != 1)}: {counts}." if count else ""
    return Section(key="search", title="How it was found", text=text, figures=tuple(figures))


def timeline(searched: Searched) -> tuple[Chart, ...]:
    """Return score against time; nothing where no time is known."""
    marks = sorted(mark for item in searched.scored for mark in _marks(searched, item))
    if len(marks) < 2:
        return ()
    began = min([_began(searched), marks[0][0]])
    minutes = [(time - began) / 60 for time, *_ in marks]
    best: float | None = None
    so_far = []
    for _, score, feasible, _ in marks:
        best = score if feasible and searched.objective.better(score, best) else best
        so_far.append(best)
    ends = numbers([0, minutes[-1]])
    scores = [score for _, score, *_ in marks]
    axis = score_axis(searched, scores)
    rules = [
        Line(name=item.baseline, x=ends, y=numbers([item.scores[0]] * 2), tone=7, dashed=True)
        for item in searched.baselines
        if item.scores and float(axis.low or 0) <= item.scores[0] <= float(axis.high or 0)
    ]
    return (
        Chart(
            title="Score against time",
            x=Axis(label="minutes since training began"),
            y=axis,
            lines=(
                *rules,
                Line(
                    name="trials at their rungs and ends",
                    form="points",
                    x=numbers(minutes),
                    y=numbers(scores),
                    texts=tuple(words for *_, words in marks),
                    tone=5,
                ),
                Line(name="best so far", form="stairs", x=numbers(minutes), y=numbers(so_far), tone=INK),
            ),
            note="Trials and rules that score far worse lie outside of the frame.",
        ),
    )


def _marks(searched: Searched, record: TrialRecord) -> list[tuple[float, float, bool, str]]:
    """Times (seconds since 1970) at which a trial had a score, whether it keeps limits, and words on it."""
    known = [(rung.time, rung.scores[0], rung.epochs) for rung in record.rungs if rung.time and rung.scores]
    heard = searched.epochs.get(record.number, ())
    if heard and (not known or heard[-1].number > known[-1][2]):
        known.append((heard[-1].time / 1000, record.scores[0], record.epochs))
    return [
        (time, score, record.feasible, f"trial {record.number}, epoch {epochs}, {score:.5g}")
        for time, score, epochs in known
        if math.isfinite(score)
    ]


def _began(searched: Searched) -> float:
    times = [heard[0].time / 1000 for heard in searched.epochs.values() if heard]
    return min(times, default=math.inf)


def _curves(searched: Searched) -> tuple[Chart, ...]:
    """The course of each trial over its epochs, the best ones in colour."""
    label = searched.objective.label
    drawn = []
    for place, record in enumerate(searched.scored[:40]):
        points = [
            (item.number, item.metrics[label])
            for item in searched.epochs.get(record.number, ())
            if math.isfinite(item.metrics.get(label, math.nan))
        ]
        if len(points) < 2:
            continue
        some = [points[at] for at in few(len(points), 60)]
        top = place < 5
        drawn.append(
            Line(
                name=f"trial {record.number}" if top else "",
                x=numbers(epoch for epoch, _ in some),
                y=numbers(score for _, score in some),
                tone=place if top else MUTED,
            )
        )
    if not drawn:
        return ()
    scores = [float(value) for item in drawn for value in item.y if value is not None]
    fold = " of the first fold" if searched.summary.get("folds") else ""
    axis = score_axis(searched, scores)
    return (
        Chart(
            title="Curves by trial",
            x=Axis(label="epochs"),
            y=Axis(label=f"{label}{fold}", low=axis.low, high=axis.high),
            lines=tuple(reversed(drawn)),
            note="The best five in colour.",
        ),
    )


def _front(searched: Searched) -> tuple[Chart, ...]:
    if len(searched.objectives) < 2:
        return ()
    second = searched.objectives[1]
    known = [item for item in searched.scored if len(item.scores) > 1]
    front = sorted((item for item in known if item.number in searched.front), key=lambda item: item.scores)
    rest = [item for item in known if item.number not in searched.front]
    costs = [item.scores[1] for item in known]

    def points(name: str, items: Sequence[TrialRecord], tone: int) -> Line:
        return Line(
            name=name,
            form="points",
            x=numbers(item.scores[1] for item in items),
            y=numbers(item.scores[0] for item in items),
            texts=tuple(trial_words(item) for item in items),
            tone=tone,
        )

    return (
        Chart(
            title="Pareto front",
            x=Axis(label=second.label, log=spans_orders(costs)),
            y=score_axis(searched, [item.scores[0] for item in known]),
            lines=(points("others", rest, 7), points("front", front, 3)),
            note="On the front no trial is better in one objective without being worse in another.",
        ),
    )


def _families(searched: Searched) -> tuple[Figure, ...]:
    families, scored = by_family(searched.trials), by_family(searched.scored)
    total = sum(item.seconds for item in searched.trials) or 1.0
    rows = []
    for family, trials in families.items():
        best = scored.get(family, [])
        states = Counter(end_of(item) for item in trials)
        seconds = sum(item.seconds for item in trials)
        rows.append(
            (
                family or "model",
                len(trials),
                states["complete"],
                states["failed"],
                rounded(best[0].scores[0]) if best else None,
                rounded(seconds, 4),
                f"{seconds / total:.0%}",
            )
        )
    columns = ("family", "trials", "fully trained", "failed", f"best {searched.objective.label}")
    return (Table(title="Families", columns=(*columns, "seconds", "of the time"), rows=tuple(rows)),)


def _phases(searched: Searched) -> tuple[Figure, ...]:
    timings: Sequence[Mapping[str, Any]] = searched.summary.get("timings", ())
    known = [item for item in timings if item["seconds"] >= 0.5]
    longest = sorted(known, key=lambda item: -item["seconds"])[:MOST_BARS]
    if not longest:
        return ()
    return (
        Bars(
            title="Where the time went",
            label="seconds",
            names=tuple(str(item["phase"]) for item in longest),
            values=numbers((item["seconds"] for item in longest), 3),
            note="The first epoch, which compiles, is a part of all trials.",
        ),
    )


def _failures(searched: Searched) -> tuple[Figure, ...]:
    reasons = Counter(item.reason for item in searched.trials if item.state == "failed")
    if not reasons:
        return ()
    rows = tuple((reason[:300] or "unknown", count) for reason, count in reasons.most_common(8))
    return (Table(title="Why trials failed", columns=("reason", "trials"), rows=rows),)
