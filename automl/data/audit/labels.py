"""Labels that look wrong: a quick model, asked about examples that it has not seen, is sure of others.

Where columns say little, a model errs often and is seldom sure. Where a part of the labels is wrong at
random, it errs as often among those that it is surest of as anywhere else, and that is what is measured.
Which examples these are follows from confident learning (Northcutt, Jiang and Chuang, 2021): the predicted
class is at least as probable as it is on average for examples with its own label.

Symbols: n examples, d features, k classes.
"""

from __future__ import annotations

import numpy as np

from automl.data.audit.finding import Finding

MOST_JUDGED = 4_000
"""Examples that are looked at."""

LEAST = 1_000
"""Examples below which the share of wrong labels is too uncertain."""

TREES, LEAF = 100, 5

SUREST, SURE, HALF = 0.1, 1 / 3, 0.5
"""Shares of the examples of a predicted class, those first of which the model is surest."""

LEAST_SURE = 8
"""Examples of a class among ``SURE`` at least."""

TOLD_APART = 0.25
"""Share of other labels among ``SURE`` up to which a class is told apart. A class that nothing tells of is
rare or hard, and its labels are not wrong for that; two classes must be told apart."""

FLAT = 1.5
"""So many times as many other labels among ``HALF`` as among ``SUREST`` at most: where columns say little,
their share rises faster than that."""

HARD, ALL = 0.1, 1.5
"""Share of other labels among ``SURE`` up to which they may be wrong, and in any case where among all there
are at most so many times as many: else the columns say too little to tell."""

WRONG, MANY = 0.03, 0.1
"""Shares of other labels among the surest: at the lower end of its interval, from which it is told; and
from which scores cannot be believed."""

SIGMAS = 1.5

NAMED = 5


def doubtful(chances: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the positions of examples whose label looks wrong, the most certain first.

    Args:
        chances: probabilities ``(n, k)`` of a model that has not seen the example.
        classes: codes of the labels ``(n,)``.
    """
    own = chances[np.arange(len(classes)), classes]
    counts = np.bincount(classes, minlength=chances.shape[1])
    usual = np.bincount(classes, weights=own, minlength=chances.shape[1]) / np.maximum(counts, 1)
    usual[counts == 0] = 1.0
    told = chances.argmax(axis=1)
    certain = chances[np.arange(len(told)), told]
    odd = np.flatnonzero((told != classes) & (certain >= usual[told]))
    return np.asarray(odd[np.argsort(own[odd] - certain[odd], kind="stable")])


def wrong_share(chances: np.ndarray, classes: np.ndarray) -> tuple[float, float]:
    """Return the share of other labels among the examples that a model is surest of, and its lower end.

    Both are 0 where fewer than two classes are told apart, or where the share rises as the model is less
    sure or is large, as it is where columns say little.

    Args:
        chances: see ``doubtful``.
        classes: see ``doubtful``.
    """
    told, certain = chances.argmax(axis=1), chances.max(axis=1)
    orders = []
    for code in range(chances.shape[1]):
        own = np.flatnonzero(told == code)
        wrong = classes[own[np.argsort(-certain[own], kind="stable")]] != code
        sure = wrong[: round(SURE * len(wrong))]
        if len(sure) >= LEAST_SURE and sure.mean() <= TOLD_APART:
            orders.append(wrong)
    if len(orders) < 2:
        return 0.0, 0.0
    surest, share, half, every = (_among(orders, part) for part in (SUREST, SURE, HALF, 1.0))
    hard = share[0] > HARD and every[0] > ALL * share[0]
    if hard or half[0] > FLAT * (surest[0] + surest[1]):
        return 0.0, 0.0
    return share[0], share[0] - SIGMAS * share[1]


def _among(orders: list[np.ndarray], part: float) -> tuple[float, float]:
    """Share of other labels among the surest of each class, and its standard error."""
    wrong = np.concatenate([order[: max(1, round(part * len(order)))] for order in orders])
    share = float(wrong.mean())
    return share, float(np.sqrt(share * (1 - share) / len(wrong)))


def labels(features: np.ndarray, classes: np.ndarray, names: np.ndarray) -> list[Finding]:
    """Return that labels look wrong, as one finding that names some.

    Args:
        features: of the examples ``(n, d)``.
        classes: codes ``(n,)`` from 0.
        names: of the examples ``(n,)``.
    """
    if len(classes) < LEAST or not features.shape[1]:
        return []
    return judged_labels(_chances(features, classes), classes, names, "a quick model")


def judged_labels(chances: np.ndarray, classes: np.ndarray, names: np.ndarray, judge: str) -> list[Finding]:
    """Return that labels look wrong to a model, as one finding that names some.

    Args:
        chances: probabilities ``(n, k)`` of a model that has not seen the example.
        classes: codes of the labels ``(n,)``.
        names: of the examples ``(n,)``.
        judge: what the model is called.
    """
    if len(classes) < LEAST:
        return []
    share, least = wrong_share(chances, classes)
    if least < WRONG:
        return []
    listed = ", ".join(str(names[at]) for at in doubtful(chances, classes)[:NAMED])
    first = f", first of all for {listed}" if listed else ""
    return [
        Finding(
            kind="labels",
            where="target",
            mood="bad" if share >= MANY else "careful",
            told=f"About {share:.1%} of the labels look wrong: {judge} is sure of another class{first}.",
            advice="Look at these; if their labels are right, columns that decide are missing.",
            size=share,
        )
    ]


def _chances(features: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Probabilities ``(n, k)`` by trees that were grown without the example (Breiman, 2001)."""
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(
        TREES, min_samples_leaf=LEAF, oob_score=True, random_state=0, n_jobs=1, max_features="sqrt"
    )
    known, codes = np.unique(classes, return_inverse=True)
    forest.fit(features, codes)
    chances = np.zeros((len(classes), int(classes.max()) + 1))
    chances[:, known] = np.nan_to_num(forest.oob_decision_function_)
    return chances
