"""Whether validation rows can be told from training rows: adversarial validation by a small model.

A naive Bayes classifier over the codes of all columns, learned on half of the rows, tells on the other half
which part a row is of; its area under the ROC curve is 0.5 where the parts are alike.

Symbols: n rows, b codes.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def drift(columns: Sequence[Coded], validation: np.ndarray) -> list[Finding]:
    """Return how the validation part differs from the training part, as one finding.

    Args:
        columns: the inputs.
        validation: which rows validate ``(n,) bool``.
    """
    smaller = min(int(validation.sum()), int((~validation).sum()))
    usable = [column for column in columns if column.coded]
    if smaller < LEAST_ROWS or not usable:
        return []
    half = np.random.default_rng(0).permutation(len(validation)) % 2 == 0
    scores = np.stack([_odds(column.codes, validation, half)[~half] for column in usable], axis=1)
    truth = validation[~half]
    whole = float(ranking_areas(truth[:, None], scores.sum(axis=1)[:, None])[0][0])
    if whole < max(TOLD, 0.5 + 3 * NOISE / np.sqrt(smaller)):
        return []
    alone = ranking_areas(np.repeat(truth[:, None], len(usable), axis=1), scores)[0]
    order = np.argsort(-np.nan_to_num(alone), kind="stable")[:3]
    named = ", ".join(f"{usable[at].name!r} ({alone[at]:.2f})" for at in order if alone[at] > 0.55)
    told = f"Validation rows can be told from training rows with an area of {whole:.2f}"
    told += f", most of all by {named}." if named else "."
    advice = (
        "New data may differ as much: leave out columns that only count time, and test on the latest rows."
    )
    return [
        Finding(
            kind="drift",
            where="split",
            mood="bad" if whole >= BAD else "careful",
            told=told,
            advice=advice,
            size=whole,
        )
    ]


def _odds(codes: np.ndarray, validation: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Logarithm of the odds that a row validates, by its code in one column ``(n,)``."""
    inside = np.bincount(codes[half & validation], minlength=CODES) + 1.0
    outside = np.bincount(codes[half & ~validation], minlength=CODES) + 1.0
    odds: np.ndarray = np.log(inside / inside.sum()) - np.log(outside / outside.sum())
    return np.asarray(odds[codes])
