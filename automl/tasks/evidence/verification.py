"""What vectors show: how scores of pairs of the same and of others lie, and the pairs that mislead most.

Legend: m pairs.
"""

from __future__ import annotations

import numpy as np

from automl.core.figures import MUTED, Axis, Cell, Chart, Line, Table, numbers, rounded
from automl.core.targets import TARGET
from automl.metrics.verification import Pairs, codes_of, pairs_of
from automl.tasks.overlays import cell_of, plain_picture
from automl.tasks.shown import Evidence, Shown

BINS, POINTS, WORST = 40, 200, 6


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of vectors ``(n, d)``."""
    vectors = np.asarray(shown.predictions[TARGET], np.float32)
    codes = codes_of(np.asarray(shown.encoded[TARGET])[:, 1:])
    pairs = pairs_of(codes, vectors, shown.groups)
    if pairs.same.all() or not pairs.same.any():
        return Evidence()
    return Evidence(figures=(_curve(pairs), _spread(pairs), *_worst(shown, pairs)))


def _curve(pairs: Pairs) -> Chart:
    """True acceptance over false acceptance."""
    true, false = np.sort(pairs.score[pairs.same]), np.sort(pairs.score[~pairs.same])
    least = 1 / len(false)
    rates = np.geomspace(least, 1, POINTS)
    places = np.clip(len(false) - 1 - (rates * len(false)).astype(int), 0, None)
    accepted = 1 - np.searchsorted(true, false[places], side="right") / len(true)
    return Chart(
        title="Accepted pairs of the same over accepted pairs of others",
        x=Axis(label="false acceptance rate", log=True, low=least, high=1),
        y=Axis(label="true acceptance rate", low=0, high=1),
        lines=(
            Line(x=numbers(rates, 4), y=numbers(accepted, 4), name="model"),
            Line(x=numbers(rates, 4), y=numbers(rates, 4), name="chance", tone=MUTED, dashed=True),
        ),
        note=f"{len(true):,} pairs of the same and {len(false):,} of others.",
    )


def _spread(pairs: Pairs) -> Chart:
    edges = np.linspace(min(-0.2, float(pairs.score.min())), 1, BINS + 1)
    lines = []
    for tone, name, rows in ((0, "the same", pairs.same), (1, "others", ~pairs.same)):
        shares = np.histogram(pairs.score[rows], edges)[0] / rows.sum()
        steps = (*numbers(shares, 4), 0)
        lines.append(Line(x=numbers(edges, 4), y=steps, name=name, form="stairs", tone=tone))
    return Chart(
        title="Scores of pairs",
        x=Axis(label="score: cosine of the two vectors"),
        y=Axis(label="share of the pairs", low=0),
        lines=tuple(lines),
    )


def _worst(shown: Shown, pairs: Pairs) -> tuple[Table, ...]:
    """The least alike of the same, and the most alike of others, no example twice."""
    pictures = next((values for values in shown.inputs.values() if values.ndim == 4), None)
    names = np.asarray(shown.truth[TARGET])
    tables = []
    for title, wanted, sign in (
        ("The same, and least alike", pairs.same, 1),
        ("Others, and most alike", ~pairs.same, -1),
    ):
        rows: list[tuple[Cell, ...]] = []
        seen: set[int] = set()
        order = np.flatnonzero(wanted)[np.argsort(sign * pairs.score[wanted], kind="stable")]
        for at in order.tolist():
            both = (int(pairs.first[at]), int(pairs.second[at]))
            if seen.isdisjoint(both):
                rows.append((rounded(pairs.score[at], 3), *_sides(both, names, pictures)))
                seen.update(both)
            if len(rows) == WORST:
                break
        columns = ("score", "first", "second") + (("", "") if pictures is not None else ())
        tables.append(Table(title=title, columns=columns, rows=tuple(rows)))
    return tuple(tables)


def _sides(both: tuple[int, int], names: np.ndarray, pictures: np.ndarray | None) -> tuple[Cell, ...]:
    told = tuple(str(names[at]) for at in both)
    if pictures is None:
        return told
    return (*told, *(cell_of(plain_picture(np.asarray(pictures[at]))) for at in both))
