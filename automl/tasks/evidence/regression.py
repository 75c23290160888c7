"""What predicted amounts show: against the truth, their residuals, and the largest mistakes.

Symbols: n examples, k targets.
"""

from __future__ import annotations

import numpy as np

from automl.core.figures import INK, Axis, Chart, Figure, Line, Table, few, numbers, rounded
from automl.core.reports import Remark
from automl.core.targets import TARGET
from automl.tasks.shown import MOST_MISTAKES, Evidence, Mistake, Shown

MOST_TARGETS = 3
"""Targets that get figures of their own."""

MOST_POINTS = 800
"""Points of a scatter."""

BINS = 30
"""Of a histogram."""

SHARES = (0.5, 0.8, 0.9, 0.95, 0.99)
"""Shares of the examples for which the size of the error is told."""

BIASED = 0.1
"""Mean residual, in standard deviations of the residuals, from which predictions lean to one side; a chance
of few examples is less than twice the standard error."""


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of predictions ``(n, k)`` in the unit of the target."""
    names = [str(name) for name in shown.task.describe()["names"]]
    truth = np.asarray(shown.truth[TARGET], dtype=np.float64).reshape(len(shown.truth[TARGET]), -1)
    answer = np.asarray(shown.predictions[TARGET], dtype=np.float64).reshape(truth.shape)
    figures: list[Figure] = []
    for at, name in enumerate(names[:MOST_TARGETS]):
        figures += _of_target(name, truth[:, at], answer[:, at], several=len(names) > 1)
    figures.append(_sizes(names, truth, answer))
    return Evidence(
        figures=tuple(figures),
        mistakes=_mistakes(names, truth, answer),
        measure="error" if len(names) == 1 else "error, in standard deviations of its target",
        remarks=tuple(
            remark
            for at, name in enumerate(names)
            for remark in _leaning(name, answer[:, at] - truth[:, at])
        ),
    )


def _of_target(name: str, truth: np.ndarray, answer: np.ndarray, *, several: bool) -> tuple[Figure, ...]:
    of = f" of {name}" if several else ""
    some = np.array(few(len(truth), MOST_POINTS), dtype=int)
    residual = answer - truth
    ends = [float(np.nanmin([truth.min(), answer.min()])), float(np.nanmax([truth.max(), answer.max()]))]
    spread = numbers([answer.min(), answer.max()])
    return (
        Chart(
            title=f"Predicted against actual{of}",
            x=Axis(label=f"actual {name}"),
            y=Axis(label=f"predicted {name}"),
            lines=(
                Line(name="examples", form="points", x=numbers(truth[some]), y=numbers(answer[some])),
                Line(name="exact", x=numbers(ends), y=numbers(ends), tone=INK, dashed=True),
            ),
            note=_of_all(len(some), len(truth)),
        ),
        Chart(
            title=f"Residuals{of}",
            x=Axis(label=f"predicted {name}"),
            y=Axis(label="predicted less actual"),
            lines=(
                Line(name="examples", form="points", x=numbers(answer[some]), y=numbers(residual[some])),
                Line(name="exact", x=spread, y=(0, 0), tone=INK, dashed=True),
            ),
            note="A funnel means that errors grow with the prediction; a bend, that something is missed.",
        ),
        histogram(f"Distribution of residuals{of}", "predicted less actual", residual),
    )


def histogram(title: str, label: str, values: np.ndarray) -> Chart:
    """Return how often values occur, between the 0.5% and the 99.5% quantile.

    Args:
        title: of the chart.
        label: of the values.
        values: ``(n,)``.
    """
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, [0.005, 0.995]) if len(known) else (0.0, 1.0)
    if high - low <= 1e-9 * max(abs(low), abs(high)):  # all the same, but for rounding
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(known, bins=BINS, range=(low, high))
    return Chart(
        title=title,
        x=Axis(label=label),
        y=Axis(label="examples", low=0.0),
        lines=(
            Line(form="stairs", x=numbers(edges), y=(*numbers(counts), 0)),
            Line(x=(0, 0), y=numbers([0, counts.max()]), tone=INK, dashed=True),
        ),
        note="Without the outermost 1%.",
    )


def _sizes(names: list[str], truth: np.ndarray, answer: np.ndarray) -> Table:
    error = np.abs(answer - truth)
    rows = tuple(
        (f"{share:.0%}", *(rounded(value, 4) for value in np.quantile(error, share, axis=0)))
        for share in SHARES
    )
    return Table(
        title="Size of the error",
        columns=("of the examples", *(f"{name}, at most" for name in names)),
        rows=rows,
    )


def _mistakes(names: list[str], truth: np.ndarray, answer: np.ndarray) -> tuple[Mistake, ...]:
    scale = np.ones(len(names)) if len(names) == 1 else np.maximum(truth.std(axis=0), 1e-300)
    error = np.abs(answer - truth) / scale
    column = error.argmax(axis=1)
    size = error[np.arange(len(error)), column]
    several = len(names) > 1
    return tuple(
        Mistake(
            row=int(row),
            truth=f"{names[column[row]]}: {truth[row, column[row]]:.6g}"
            if several
            else float(truth[row, 0]),
            answer=float(answer[row, column[row]]),
            size=float(size[row]),
        )
        for row in np.argsort(-size, kind="stable")[:MOST_MISTAKES]
    )


def _leaning(name: str, residual: np.ndarray) -> tuple[Remark, ...]:
    lean, spread = float(residual.mean()), float(residual.std())
    if not abs(lean) > max(BIASED, 2 / np.sqrt(len(residual))) * spread:
        return ()
    text = f"Predictions of {name} lie {abs(lean):.4g} too {'high' if lean > 0 else 'low'} on average."
    return (Remark(mood="careful", text=text),)


def _of_all(shown: int, rows: int) -> str:
    return f"{shown:,} of {rows:,} examples." if shown < rows else f"{rows:,} examples."
