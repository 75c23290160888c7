"""How often what was told held the truth, and how much it told.

Symbols: n rows, h steps, k targets.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from automl.core.seeds import derive
from automl.core.targets import spread_rows
from automl.tasks.conformal.kept import Case, Conformal, Told, least_rows

PARTS = 5
"""Of a cross-validation."""

MOST_ROWS = 20_000
"""Rows that a cross-validation judges; of more so many, evenly spread."""

NORMAL = 1.96
"""Standard deviations of a normal distribution within which 95% lie."""


@dataclass(kw_only=True)
class Tally:
    """Adds up over batches.

    Attributes:
        rows: heard of.
        hits: how many held the truth ``(h, k)``.
        sizes: added up ``(h, k)``.
    """

    rows: int = 0
    hits: Any = 0
    sizes: Any = 0

    def add(self, inside: np.ndarray, size: np.ndarray) -> None:
        """Hear of some rows ``(n, h, k)``."""
        self.rows += len(inside)
        self.hits = self.hits + inside.sum(axis=0)
        self.sizes = self.sizes + size.sum(axis=0)

    def plain(self) -> dict[str, Any]:
        """Return rows, the share that held the truth, and the mean size."""
        if not self.rows:
            return {"rows": 0, "measured": None, "size": None}
        share = float(np.mean(self.hits) / self.rows)
        return {"rows": self.rows, "measured": share, "size": float(np.mean(self.sizes) / self.rows)}


@dataclass(kw_only=True)
class Measured:
    """Measures coverage batch by batch.

    Attributes:
        asked: the coverage that was asked for.
        size: what sizes are, for users.
        by: what the groups are, empty for none.
        whole: of all rows.
        groups: of each group, by name.
        targets: names of the targets.
    """

    asked: float
    size: str
    by: str = ""
    whole: Tally = field(default_factory=Tally)
    groups: dict[str, Tally] = field(default_factory=dict)
    targets: tuple[str, ...] = ()

    def add(self, told: Told, case: Case) -> None:
        """Hear of some rows of which the truth is known."""
        inside, size = told.held(case)
        self.whole.add(inside, size)
        if self.by and case.groups is not None:
            names, codes = np.unique(np.asarray(case.groups).astype(str), return_inverse=True)
            for code, name in enumerate(names):
                own = codes == code
                self.groups.setdefault(str(name), Tally()).add(inside[own], size[own])
        self.targets = tuple(str(name) for name in case.task.describe()["names"])

    def result(self) -> dict[str, Any]:
        """Return what was measured (JSON).

        ``asked``, ``measured`` with its 95% ``interval`` where rows are independent, mean ``size`` and what
        that is, ``rows``; by ``target``, ``step`` and ``group`` where there are several.
        """
        found: dict[str, Any] = {"asked": self.asked, **self.whole.plain(), "size_is": self.size}
        if not self.whole.rows:
            return found
        steps, several = self.whole.hits.shape
        shares, sizes = self.whole.hits / self.whole.rows, self.whole.sizes / self.whole.rows
        if steps == 1 and several == 1:
            found["interval"] = list(wilson(found["measured"], self.whole.rows))
        if several > 1:
            found["targets"] = {
                name: {"measured": float(shares[:, at].mean()), "size": float(sizes[:, at].mean())}
                for at, name in enumerate(self.targets)
            }
        if steps > 1:
            found["steps"] = [
                {"step": at + 1, "measured": float(shares[at].mean()), "size": float(sizes[at].mean())}
                for at in range(steps)
            ]
        if self.by:
            found["by"] = self.by
            found["groups"] = {name: self.groups[name].plain() for name in sorted(self.groups)}
        return found


def wilson(share: float, rows: int) -> tuple[float, float]:
    """Return the 95% interval of a share of independent rows (Wilson, 1927)."""
    z = NORMAL**2 / rows
    middle = (share + z / 2) / (1 + z)
    half = math.sqrt(z * (share * (1 - share) + z / 4)) / (1 + z)
    return max(0.0, middle - half), min(1.0, middle + half)


def crossed(
    method: Conformal, case: Case, levels: Iterable[float], *, by: str = "", seed: int = 0
) -> dict[float, Measured]:
    """Measure coverages on held-out rows, each part judged by the scores of the others.

    Args:
        method: of the task.
        case: held-out rows with their truth.
        levels: coverages to ask for; those that need more rows than there are do not come back.
        by: what the groups are, empty for none.
        seed: of the parts.
    """
    rows = spread_rows(len(case), MOST_ROWS)
    case = case.take(rows, method.reads)
    parts = min(PARTS, len(rows))
    if method.in_blocks:
        part_of = np.arange(len(rows)) * parts // max(len(rows), 1)
    else:
        part_of = np.random.default_rng(derive(seed, "coverage")).permutation(len(rows)) % max(parts, 1)
    least = len(rows) - int(np.bincount(part_of).max(initial=0))
    asked = [level for level in levels if least >= least_rows(level, two_sided=method.two_sided)]
    found = {level: Measured(asked=level, size=method.size, by=by) for level in asked}
    for part in range(parts if asked else 0):
        own = case.take(np.flatnonzero(part_of == part), method.reads)
        kept = method.scored(case.take(np.flatnonzero(part_of != part), method.reads))
        for level, measured in found.items():
            measured.add(method.tell(kept, own, level), own)
    return found
