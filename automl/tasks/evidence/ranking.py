"""What lists of items show: how much is found the longer they are, and which items they hold.

n  users, I  items, k  items of a list
"""

from __future__ import annotations

import numpy as np

from automl.core.figures import Axis, Chart, Line, Table, numbers, rounded
from automl.core.targets import TARGET
from automl.metrics.ranking import K, top_items
from automl.tasks.shown import Evidence, Shown

MOST_ITEMS = 100
"""Of the lists that are drawn."""

LISTED = 10
"""Items that are named."""


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of shares ``(n, I)``, below 0 where a user has dealt with an item."""
    wanted, shares = np.asarray(shown.encoded[TARGET]), np.asarray(shown.predictions[TARGET])
    rows = (wanted < 0).any(axis=1)
    if not rows.any():
        return Evidence()
    wanted, shares = wanted[rows], shares[rows]
    best = top_items(shares, MOST_ITEMS)
    listed = np.take_along_axis(shares, best, axis=1) >= 0
    found = np.cumsum(_hits(wanted, best, shares.shape[1]) & listed, axis=1)
    held = (wanted < 0).sum(axis=1)
    places = np.arange(1, best.shape[1] + 1)
    chart = Chart(
        title="Found by length of the list",
        x=Axis(label="items of the list"),
        y=Axis(label="share", low=0.0, high=1.0),
        lines=(
            Line(name="users with a hit", x=numbers(places), y=numbers((found > 0).mean(axis=0))),
            Line(
                name="of what was held out",
                x=numbers(places),
                y=numbers((found / held[:, None]).mean(axis=0)),
            ),
        ),
        note=f"{len(shares):,} users, {held.mean():.1f} items held out of each, of {shares.shape[1]:,}.",
    )
    return Evidence(figures=(chart, _often(shown, best[:, :K], listed[:, :K])))


def _hits(wanted: np.ndarray, best: np.ndarray, items: int) -> np.ndarray:
    """Which items of lists ``(n, k)`` were held out."""
    relevant = np.zeros((len(wanted), items + 1), bool)
    row, place = np.nonzero(wanted < 0)
    relevant[row, np.minimum(-wanted[row, place].astype(np.int64) - 1, items)] = True
    return np.asarray(np.take_along_axis(relevant, best, axis=1))


def _often(shown: Shown, best: np.ndarray, listed: np.ndarray) -> Table:
    """The items that most lists hold, with what share of the users has dealt with them."""
    names = shown.task.describe()["items"]
    given = np.abs(np.asarray(shown.encoded[TARGET]))
    counts = np.bincount(best[listed], minlength=len(names))
    dealt = np.bincount(given[(given > 0) & (given <= len(names))] - 1, minlength=len(names))
    first = [int(item) for item in np.argsort(-counts, kind="stable")[:LISTED] if counts[item]]
    return Table(
        title=f"Items in most lists of {K}",
        columns=("item", "share of lists", "share of users who have dealt with it"),
        rows=tuple(
            (str(names[item]), rounded(counts[item] / len(best), 3), rounded(dealt[item] / len(given), 3))
            for item in first
        ),
    )
