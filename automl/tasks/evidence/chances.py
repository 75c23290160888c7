"""Curves of probabilities: who is found, at what price, and whether the probabilities can be believed.

Symbols: n examples, c classes or labels that are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from automl.core.figures import INK, Axis, Chart, Line, few, numbers
from automl.metrics.areas import ranking_areas
from automl.metrics.calibration_error import bins_of, calibration_error

MOST_CURVES = 6
"""Curves of one chart that can be told apart."""

MOST_POINTS = 120
"""Points of a curve."""

MOST_PAIRS = 200_000
"""Probabilities of a calibration chart; of more so many, evenly spread."""


def ranking_charts(hits: np.ndarray, chances: np.ndarray, names: Sequence[str]) -> tuple[Chart, ...]:
    """Return the ROC and the precision-recall curves.

    Args:
        hits: truth ``(n, c) bool``.
        chances: probabilities ``(n, c)``.
        names: of the columns; those that lack a positive or a negative are left out.
    """
    shown = _most_frequent(hits)
    if not len(shown):
        return ()
    roc_areas, pr_areas = ranking_areas(hits[:, shown], chances[:, shown])
    roc, pr = [], []
    for tone, column in enumerate(shown):
        false, found, precision = _curve(hits[:, column], chances[:, column])
        name = names[column]
        roc.append(
            Line(name=f"{name} ({roc_areas[tone]:.3f})", x=numbers(false), y=numbers(found), tone=tone)
        )
        pr.append(
            Line(name=f"{name} ({pr_areas[tone]:.3f})", x=numbers(found), y=numbers(precision), tone=tone)
        )
    rest = hits.shape[1] - len(shown)
    more = f" The {len(shown)} most frequent of {hits.shape[1]}." if rest else ""
    chance = Line(name="chance", x=(0, 1), y=(0, 1), tone=INK, dashed=True)
    return (
        Chart(
            title="ROC curve",
            x=_share("false positives, share of negatives"),
            y=_share("found, share of positives"),
            lines=(*roc, chance),
            note=f"In brackets the area under the curve.{more}",
        ),
        Chart(
            title="Precision and recall",
            x=_share("recall, share of positives found"),
            y=_share("precision, share right"),
            lines=(*pr, *_prevalence(hits, shown)),
            note=f"In brackets the average precision.{more}",
        ),
    )


def calibration_chart(hits: np.ndarray, chances: np.ndarray, what: str) -> tuple[Chart, float]:
    """Return predicted probability against observed share, and the expected calibration error.

    The error is that of ``metrics.calibration_error``.

    Args:
        hits: whether it came true ``(n,) bool``.
        chances: probability of it ``(n,)``.
        what: what the probability is of.
    """
    some = np.array(few(len(chances), MOST_PAIRS), dtype=int)
    hits, chances = hits[some], chances[some]
    parts = bins_of(chances)
    said = np.array([chances[part].mean() for part in parts])
    seen = np.array([hits[part].mean() for part in parts])
    sizes = np.array([len(part) for part in parts])
    low, high = wilson(seen, sizes)
    error = calibration_error(hits, chances)
    texts = tuple(
        f"said {a:.3f}, seen {b:.3f} in {size} examples"
        for a, b, size in zip(said, seen, sizes, strict=True)
    )
    chart = Chart(
        title="Calibration",
        x=_share(f"predicted probability of {what}"),
        y=_share("share in which it was so"),
        lines=(
            Line(name="perfect", x=(0, 1), y=(0, 1), tone=INK, dashed=True),
            Line(
                name="model",
                form="points",
                x=numbers(said),
                y=numbers(seen),
                low=numbers(low),
                high=numbers(high),
                texts=texts,
            ),
        ),
        note=(
            f"Expected calibration error {error:.3f}. {len(parts)} bins of about {int(sizes.mean()):,} "
            "examples; bars are 95% intervals."
        ),
    )
    return chart, error


def threshold_chart(hits: np.ndarray, chances: np.ndarray, positive: str) -> Chart:
    """Return precision, recall, F1 and accuracy against the probability from which one says yes."""
    levels = np.linspace(0.01, 0.99, 99)
    taken = np.sort(chances)
    found_scores = np.sort(chances[hits])
    positives, rows = int(hits.sum()), len(hits)
    said = rows - np.searchsorted(taken, levels, side="left")
    right = positives - np.searchsorted(found_scores, levels, side="left")
    precision, recall, f1 = rates(right, said, positives)
    accuracy = (right + (rows - positives) - (said - right)) / rows
    curves = {"precision": precision, "recall": recall, "F1": f1, "accuracy": accuracy}
    best = int(np.nanargmax(f1))
    return Chart(
        title="Threshold",
        x=_share(f"answer {positive} from this probability on"),
        y=_share("share"),
        lines=tuple(
            Line(name=name, x=numbers(levels), y=numbers(values), tone=tone)
            for tone, (name, values) in enumerate(curves.items())
        ),
        note=f"F1 is largest, {f1[best]:.3f}, at {levels[best]:.2f}; accuracy, {accuracy.max():.3f}, at "
        f"{levels[int(accuracy.argmax())]:.2f}. Chosen on these rows, so slightly too good.",
    )


def rates(right: np.ndarray, said: np.ndarray, true: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return precision, recall and F1, NaN where there is nothing to share.

    Args:
        right: how many of those that were said are true.
        said: how many were said.
        true: how many are true.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return right / said, right / true, 2 * right / (said + true)


def _share(label: str) -> Axis:
    return Axis(label=label, low=0.0, high=1.0)


def wilson(shares: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return 95% intervals of shares ``(b,)`` of so many examples (Wilson, 1927)."""
    z = 1.96
    middle = (shares + z**2 / (2 * sizes)) / (1 + z**2 / sizes)
    half = z * np.sqrt(shares * (1 - shares) / sizes + z**2 / (4 * sizes**2)) / (1 + z**2 / sizes)
    return middle - half, middle + half


def _most_frequent(hits: np.ndarray) -> np.ndarray:
    counts = hits.sum(axis=0)
    order = np.argsort(-counts, kind="stable")
    usable = [int(at) for at in order if 0 < counts[at] < len(hits)]
    return np.array(usable[:MOST_CURVES], dtype=int)


def _curve(hit: np.ndarray, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """False positives, true positives and precision at each threshold, from the highest on."""
    order = np.argsort(-chance, kind="stable")
    ranked, right = chance[order], np.cumsum(hit[order])
    ends = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
    found, taken = right[ends], ends + 1
    kept = np.array(few(len(ends), MOST_POINTS), dtype=int)
    found, taken = found[kept], taken[kept]
    positives = int(hit.sum())
    false = (taken - found) / (len(hit) - positives)
    start = [0.0]
    precision = found / taken
    return (
        np.concatenate([start, false]),
        np.concatenate([start, found / positives]),
        np.concatenate([precision[:1], precision]),
    )


def _prevalence(hits: np.ndarray, shown: np.ndarray) -> tuple[Line, ...]:
    """What answering by chance reaches, where there is one curve."""
    if len(shown) > 1:
        return ()
    share = float(hits[:, shown[0]].mean())
    return (Line(name="chance", x=(0, 1), y=numbers([share, share]), tone=INK, dashed=True),)
