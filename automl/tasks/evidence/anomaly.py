"""What scores of unusualness show: how they are spread, and whom they find where labels say so.

n  rows
"""

from __future__ import annotations

import numpy as np

from automl.core.figures import Axis, Chart, Figure, Line, numbers
from automl.core.targets import TARGET
from automl.tasks.evidence.chances import ranking_charts
from automl.tasks.shown import Evidence, Shown

BINS = 40
"""Of the histogram."""

TAIL = 0.995
"""Quantile of the scores at which the histogram ends: a few are far out."""


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of scores ``(n, 1)``."""
    score = np.asarray(shown.predictions[TARGET], np.float64)[:, 0]
    known = np.asarray(shown.encoded[TARGET])[:, 0]
    figures: list[Figure] = [_spread(score, known)]
    labelled = ~np.isnan(known)
    if (known == 1).any() and (known == 0).any():
        name = str(shown.task.describe()["anomaly"])
        figures += ranking_charts(known[labelled][:, None] == 1, score[labelled][:, None], [name])
    return Evidence(figures=tuple(figures))


def _spread(score: np.ndarray, known: np.ndarray) -> Chart:
    high = max(np.quantile(score, TAIL), *(score[known == 1] if (known == 1).any() else [score.min()]))
    edges = np.linspace(score.min(), high if high > score.min() else score.min() + 1.0, BINS + 1)
    parts = {"anomalies": score[known == 1], "rows": score[known != 1]}
    lines = tuple(
        Line(
            name=name,
            form="stairs",
            x=numbers(edges[:-1]),
            y=numbers(np.histogram(values, edges)[0] / max(len(values), 1)),
            tone=tone,
        )
        for tone, (name, values) in enumerate(parts.items())
        if len(values)
    )
    return Chart(
        title="Scores",
        x=Axis(label="anomaly score, nats"),
        y=Axis(label="share of rows", low=0.0),
        lines=lines,
        note=f"{len(score):,} rows; those beyond {high:.4g} are left out.",
    )
