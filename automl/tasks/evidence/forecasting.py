"""What forecasts show: some of them with their history, and how the error grows with the step.

Symbols: n windows, L steps of input, h steps ahead, k targets.
"""

from __future__ import annotations

import numpy as np

from automl.core.figures import INK, Axis, Chart, Figure, Line, few, numbers
from automl.core.targets import TARGET
from automl.tasks.evidence.regression import histogram
from automl.tasks.shown import MOST_MISTAKES, Evidence, Mistake, Shown

MOST_WINDOWS = 2000
"""Windows that are compared; of more so many, evenly spread."""

HISTORY = 3
"""Steps of input that are drawn, in horizons."""

FANS = (("a good forecast", 0.1), ("a usual forecast", 0.5), ("a bad forecast", 0.99))
"""Forecasts that are drawn: the share of windows with a smaller error."""

BAND = (0.1, 0.9)
"""Quantiles of the errors at a step between which a fan lies."""


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of forecasts ``(n, h, k)`` in the unit of the targets."""
    names = [str(name) for name in shown.task.describe()["names"]]
    rows = np.array(few(len(shown.predictions[TARGET]), MOST_WINDOWS), dtype=int)
    truth = np.asarray(shown.truth[TARGET][rows], dtype=np.float64)
    answer = np.asarray(shown.predictions[TARGET][rows], dtype=np.float64)
    scale = np.maximum(np.asarray(shown.task.describe()["std"], dtype=np.float64), 1e-300)
    size = (np.abs(answer - truth) / scale).mean(axis=(1, 2))
    return Evidence(
        figures=(
            *_fans(shown, names, rows, truth, answer, size),
            _by_step(shown, names, rows, truth, answer),
            histogram(
                f"Distribution of errors of {names[0]}",
                "forecast less actual",
                (answer - truth)[:, :, 0].ravel(),
            ),
        ),
        mistakes=_mistakes(names, rows, truth, answer, size),
        measure="mean absolute error, in standard deviations of the target",
    )


def _fans(
    shown: Shown,
    names: list[str],
    rows: np.ndarray,
    truth: np.ndarray,
    answer: np.ndarray,
    size: np.ndarray,
) -> tuple[Figure, ...]:
    if "series" not in shown.inputs:
        return ()
    low, high = np.quantile(truth[:, :, 0] - answer[:, :, 0], BAND, axis=0)
    order, steps = np.argsort(size, kind="stable"), truth.shape[1]
    figures = []
    for title, share in FANS:
        at = int(order[round(share * (len(order) - 1))])
        past = np.asarray(shown.inputs["series"][rows[at : at + 1]], dtype=np.float64)[0, :, 0]
        past = past[-HISTORY * steps :]
        ahead = numbers(range(1, steps + 1))
        figures.append(
            Chart(
                title=f"{names[0]}: {title}",
                x=Axis(label="steps from the last known value"),
                y=Axis(label=names[0]),
                lines=(
                    Line(name="history", x=numbers(range(1 - len(past), 1)), y=numbers(past), tone=7),
                    Line(name="actual", x=ahead, y=numbers(truth[at, :, 0]), tone=INK),
                    Line(
                        name="forecast",
                        x=ahead,
                        y=numbers(answer[at, :, 0]),
                        low=numbers(answer[at, :, 0] + low),
                        high=numbers(answer[at, :, 0] + high),
                    ),
                ),
                note="The band holds 80% of the held-out errors at each step.",
            )
        )
    return tuple(figures)


def _by_step(
    shown: Shown, names: list[str], rows: np.ndarray, truth: np.ndarray, answer: np.ndarray
) -> Chart:
    steps = numbers(range(1, truth.shape[1] + 1))
    lines = [Line(name="model", x=steps, y=numbers(np.abs(answer - truth)[:, :, 0].mean(axis=0)))]
    for place, (name, values) in enumerate(_rules(shown, rows, truth).items()):
        error = np.abs(values - truth)[:, :, 0].mean(axis=0)
        lines.append(Line(name=name, x=steps, y=numbers(error), tone=7 if place else INK, dashed=True))
    return Chart(
        title=f"Error of {names[0]} by step",
        x=Axis(label="steps ahead"),
        y=Axis(label=f"mean absolute error, unit of {names[0]}", low=0.0),
        lines=tuple(lines),
        note=f"{len(rows):,} held-out windows.",
    )


def _rules(shown: Shown, rows: np.ndarray, truth: np.ndarray) -> dict[str, np.ndarray]:
    """Forecasts of the task's trivial rules."""
    if "series" not in shown.inputs:
        return {}
    inputs = {"series": np.asarray(shown.inputs["series"][rows], dtype=np.float64)}
    rules = shown.task.baselines({}, {TARGET: truth}, inputs)
    return {name: np.asarray(values[TARGET]) for name, values in rules.items()}


def _mistakes(
    names: list[str], rows: np.ndarray, truth: np.ndarray, answer: np.ndarray, size: np.ndarray
) -> tuple[Mistake, ...]:
    def text(values: np.ndarray) -> str:
        shown = ", ".join(f"{value:.4g}" for value in values[:6])
        return f"{shown}, …" if len(values) > 6 else shown

    return tuple(
        Mistake(
            row=int(rows[at]),
            truth=f"{names[0]}: {text(truth[at, :, 0])}",
            answer=text(answer[at, :, 0]),
            size=float(size[at]),
        )
        for at in np.argsort(-size, kind="stable")[:MOST_MISTAKES]
    )
