"""Whether validation rows can be told from training rows: adversarial validation by a small model.

A naive Bayes classifier over the codes of all columns, learned on half of the rows, tells on the other half
which part a row is of; its area under the ROC curve is 0.5 where the parts are alike.

Symbols: n rows, b codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from automl.data.audit.codes import CODES, Coded
from automl.data.audit.finding import Finding
from automl.metrics.areas import ranking_areas

TOLD, BAD = 0.65, 0.85
"""Areas from which parts differ, and from which they hardly overlap."""

NOISE = 0.35
"""An area is off by about this over the root of the smaller part; three times that is no chance."""

LEAST_ROWS = 100
"""Of each part."""

NAMED = 0.55
"""Area of one column from which it is named."""


@dataclass(frozen=True, kw_only=True)
class Apart:
    """How far two parts of the rows can be told apart.

    Attributes:
        area: under the ROC curve, by all columns.
        columns: names of the columns that tell most, with the area of each.
    """

    area: float
    columns: tuple[tuple[str, float], ...]

    def named(self, plain: str = "") -> str:
        """The columns as the end of a sentence; the one named ``plain`` without marks."""
        listed = ", ".join(
            f"{name if name == plain else repr(name)} ({area:.2f})" for name, area in self.columns
        )
        return f", most of all by {listed}" if listed else ""


def told_apart(columns: Sequence[Coded], part: np.ndarray) -> Apart | None:
    """Return how far a part of the rows differs from the rest; None where that is nothing, or chance.

    Args:
        columns: the inputs.
        part: which rows are of it ``(n,) bool``.
    """
    smaller = min(int(part.sum()), int((~part).sum()))
    usable = [column for column in columns if column.coded]
    if smaller < LEAST_ROWS or not usable:
        return None
    half = np.random.default_rng(0).permutation(len(part)) % 2 == 0
    scores = np.stack([_odds(column.codes, part, half)[~half] for column in usable], axis=1)
    truth = part[~half]
    joined = float(ranking_areas(truth[:, None], scores.sum(axis=1)[:, None])[0][0])
    alone = ranking_areas(np.repeat(truth[:, None], len(usable), axis=1), scores)[0]
    # columns that go together count several times in the sum, and one that changes can be lost in it
    whole = max(joined, float(np.nan_to_num(alone).max()))
    if whole < max(TOLD, 0.5 + 3 * NOISE / np.sqrt(smaller)):
        return None
    order = np.argsort(-np.nan_to_num(alone), kind="stable")[:3]
    return Apart(
        area=whole, columns=tuple((usable[at].name, float(alone[at])) for at in order if alone[at] > NAMED)
    )


def drift(columns: Sequence[Coded], validation: np.ndarray) -> list[Finding]:
    """Return how the validation part differs from the training part, as one finding.

    Args:
        columns: the inputs.
        validation: which rows validate ``(n,) bool``.
    """
    found = told_apart(columns, validation)
    if found is None:
        return []
    return [
        Finding(
            kind="drift",
            where="split",
            mood="bad" if found.area >= BAD else "careful",
            told="Validation rows can be told from training rows with an area of "
            f"{found.area:.2f}{found.named()}.",
            advice="New data may differ as much: leave out columns that only count time, and test on the "
            "latest rows.",
            size=found.area,
        )
    ]


def _odds(codes: np.ndarray, validation: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Logarithm of the odds that a row validates, by its code in one column ``(n,)``."""
    inside = np.bincount(codes[half & validation], minlength=CODES) + 1.0
    outside = np.bincount(codes[half & ~validation], minlength=CODES) + 1.0
    odds: np.ndarray = np.log(inside / inside.sum()) - np.log(outside / outside.sum())
    return np.asarray(odds[codes])
