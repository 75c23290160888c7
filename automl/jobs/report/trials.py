"""Which parameters mattered: the trio by which searches are reviewed.

That is importances, parallel coordinates, and the score against each parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from automl.core.amounts import plain_number
from automl.core.figures import (
    Axis,
    Bars,
    Chart,
    Figure,
    Line,
    Number,
    Parallel,
    numbers,
    rounded,
)
from automl.core.reports import Section
from automl.core.specs import Objective, TrialRecord
from automl.jobs.report.facts import (
    BETTER,
    Searched,
    by_family,
    configuration_words,
    parameters_of,
    value_words,
)
from automl.jobs.report.importance import (
    ENOUGH,
    Importance,
    compared,
    differing,
    importances,
    is_amount,
)
from automl.jobs.report.paid_off import families_told, paid_off

MOST_FAMILIES, MOST_AXES, MOST_SLICES, MOST_BARS = 3, 9, 6, 12
"""Families that get figures of their own, axes of parallel coordinates, scatters and bars of each."""

LEAST_LINES = 4
"""Trials of which parallel coordinates show anything."""

LEAST_SHARE = 0.005
"""Importance below which it is nothing."""

FRAME, MARGIN = 0.9, 0.5
"""Share of the scores that a frame shows for certain, and how much of their width is added for others."""

LOGARITHMIC = 30.0
"""Ratio of the largest to the smallest value from which a parameter is shown on a logarithmic axis."""


def trial_sections(searched: Searched) -> tuple[Section, ...]:
    """Return the sections on what was tried and what mattered."""
    scored = searched.scored
    families = by_family(scored)
    if not scored:
        return ()
    figures: list[Figure] = []
    words = [families_told(searched)]
    for family in list(families)[:MOST_FAMILIES]:
        told, drawn = _of_family(searched, family, families[family], several=len(families) > 1)
        figures += drawn
        words.append(told)
    most = max(map(len, families.values()))
    lacking = (
        f" Importances need at least {ENOUGH} trials of one family that reached the same epoch; the most "
        f"that any has is {most}."
        if most < ENOUGH
        else ""
    )
    text = (
        "Each family has parameters of its own, so each is compared by itself, and trials only where they "
        f"had trained equally long.{lacking}"
    )
    text = " ".join(filter(None, (*words, text)))
    return (Section(key="parameters", title="What mattered", text=text, figures=tuple(figures)),)


def frame(scores: Sequence[float], objective: Objective) -> tuple[float, float]:
    """Return the range of scores that is shown: a few hopeless trials must not flatten all others."""
    sign = -1.0 if objective.direction == "maximize" else 1.0
    costs = np.array(scores, dtype=np.float64) * sign
    low, worst = float(costs.min()), float(costs.max())
    common = float(np.quantile(costs, FRAME))
    high = min(worst, common + MARGIN * (common - low)) if common > low else worst
    pad = 0.05 * (high - low) or 0.05 * max(abs(low), 1e-9)
    ends = sorted([sign * (low - pad), sign * (high + pad)])
    return ends[0], ends[1]


def score_axis(searched: Searched, scores: Sequence[float]) -> Axis:
    """Return the axis of the first objective's scores."""
    low, high = frame(scores, searched.objective)
    label = f"{searched.objective.label} ({BETTER[searched.objective.direction]} is better)"
    return Axis(label=label, low=low, high=high)


def spans_orders(values: Sequence[float]) -> bool:
    """Whether values are shown on a logarithmic axis."""
    return bool(values) and min(values) > 0 and max(values) / min(values) >= LOGARITHMIC


def trial_words(record: TrialRecord) -> str:
    """Return what is shown where one points at a trial."""
    score = plain_number(record.scores[0]) if record.scores else "no score"
    return f"trial {record.number}, {score}, {record.epochs} epochs: {configuration_words(record)}"


def _of_family(
    searched: Searched, family: str, trials: Sequence[TrialRecord], *, several: bool
) -> tuple[str, list[Figure]]:
    of = f" of {family}" if several and family else ""
    found = compared(trials)
    told = importances(found, searched.objective)
    names = [item.name for item in told]
    names += [name for name in differing(trials) if name not in names]
    paid = paid_off(searched, family, found, of)
    figures: list[Figure] = []
    if told:
        top = told[:MOST_BARS]
        figures.append(
            Bars(
                title=f"Importance of parameters{of}",
                label="share of the differences explained alone",
                names=tuple(item.name for item in top),
                values=numbers(item.share for item in top),
                texts=tuple(_importance_words(item) for item in top),
                note=(
                    "↑ larger values are better, ↓ smaller ones, with the rank correlation; else the "
                    f"best value; ? may be chance. {len(found.trials)} trials {found.when}; epsilon "
                    "squared of ranks, without joint effects."
                ),
            )
        )
    if len(trials) >= LEAST_LINES and names:
        figures.append(_parallel(searched, f"Parallel coordinates{of}", names[:MOST_AXES], trials))
    if len(found.trials) > 2:
        known = [(item, score) for item, score in zip(found.trials, found.scores, strict=True)]
        apart = set(differing(found.trials))
        told_apart = [name for name in names if name in apart]
        figures += [_slice(searched, name, known, found.when, of) for name in told_apart[:MOST_SLICES]]
    return paid.text, [*figures[:2], *paid.figures, *figures[2:]]


def _importance_words(item: Importance) -> str:
    if item.share < LEAST_SHARE:
        return f"{item.share:.0%}"
    return f"{item.share:.0%} {item.direction}{'' if item.clear else ' ?'}"


def _parallel(
    searched: Searched, title: str, names: Sequence[str], trials: Sequence[TrialRecord]
) -> Parallel:
    columns = [[parameters_of(item).get(name) for item in trials] for name in names]
    axes = [_axis(name, values) for name, values in zip(names, columns, strict=True)]
    places = [_places(axis, values) for axis, values in zip(axes, columns, strict=True)]
    scores = [item.scores[0] for item in trials]
    best = max(1, round(0.1 * len(trials)))
    return Parallel(
        title=title,
        axes=(*axes, replace(score_axis(searched, scores), label=searched.objective.label)),
        lines=tuple((*row, rounded(score)) for *row, score in zip(*places, scores, strict=True)),
        texts=tuple(trial_words(item) for item in trials),
        best=tuple(range(best)),  # trials come best first
        note=f"{len(trials)} trials, the best {best} in blue, each by its own best score.",
    )


def _slice(
    searched: Searched,
    name: str,
    known: Sequence[tuple[TrialRecord, float]],
    when: str,
    of: str,
) -> Chart:
    values = [parameters_of(item).get(name) for item, _ in known]
    axis = _axis(name, values)
    return Chart(
        title=f"{name}{of}",
        x=axis,
        y=score_axis(searched, [score for _, score in known]),
        lines=(
            Line(
                form="points",
                x=_places(axis, values),
                y=numbers(score for _, score in known),
                texts=tuple(trial_words(item) for item, _ in known),
            ),
        ),
        note=f"{len(known)} trials {when}.",
    )


def _axis(name: str, values: Sequence[Any]) -> Axis:
    given = [value for value in values if value is not None]
    if given and all(map(is_amount, given)):
        return Axis(label=name, log=spans_orders(given))
    return Axis(label=name, categories=tuple(dict.fromkeys(map(value_words, given))))


def _places(axis: Axis, values: Sequence[Any]) -> tuple[Number, ...]:
    if not axis.categories:
        return numbers(values)
    place = {word: at for at, word in enumerate(axis.categories)}
    return tuple(None if value is None else place[value_words(value)] for value in values)
