"""Which rows are known to be anomalies, and what is measured of scores of all rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from automl.core.specs import label_of
from automl.core.targets import TARGET
from automl.metrics.metric import PR_AUC, SURPRISE
from automl.tasks.class_order import classes_of
from automl.tasks.declaration import Usual

ENOUGH = 10
"""Anomalies that must be labelled before trials are compared by them."""


@dataclass(frozen=True, kw_only=True)
class Normality:
    """What labels say.

    Attributes:
        anomaly: the class that is unusual, None where no label says so.
        others_normal: whether rows without a label are normal; else they are unknown.
    """

    anomaly: str | None = None
    others_normal: bool = False

    def encode(self, labels: np.ndarray) -> np.ndarray:
        """Return 1 for anomalies, 0 for normal rows, NaN for unknown ones ``(n, 1) float32``."""
        names = np.asarray(labels).astype(str)
        known = np.where(names == self.anomaly, 1.0, 0.0)
        unlabelled = 0.0 if self.others_normal else np.nan
        return np.where(names == "", unlabelled, known).astype(np.float32)[:, None]


def normality_of(labels: np.ndarray) -> Normality:
    """Tell anomalies by how rare their label is.

    Of two classes the rarer one is the anomaly, and rows without a label are unknown. A single class that
    less than half of the rows have is, too, and all others are normal.

    Args:
        labels: raw ones ``(n,)``, empty where nothing is known.
    """
    names = np.asarray(labels).astype(str)
    given = names[names != ""]
    if not len(given):
        return Normality()
    classes, shares = classes_of(given)
    if len(classes) > 1:
        return Normality(anomaly=classes[int(np.argmin(shares))])
    rare = len(given) < len(names) / 2
    return Normality(anomaly=classes[0] if rare else None, others_normal=rare)


def usual_metric(targets: Mapping[str, np.ndarray]) -> Usual:
    """Return average precision where enough anomalies are labelled, else the surprise of held-out rows.

    Args:
        targets: raw labels by name ``(n,)``; a single target.
    """
    known = normality_of(targets[TARGET])
    found = known.encode(targets[TARGET])[:, 0]
    anomalies, normal = int((found == 1).sum()), int((found == 0).sum())
    if anomalies < ENOUGH or normal < ENOUGH:
        had = f"only {anomalies} anomalies are labelled" if anomalies else "no anomaly is labelled"
        return Usual(
            metric=SURPRISE,
            note=f"Trials are compared by how little held-out rows surprise ({label_of(SURPRISE.name)}), "
            f"as {had}. A model that fits rows better need not find more anomalies.",
        )
    return Usual(
        metric=PR_AUC,
        note=f"{known.anomaly!r} are taken for the anomalies: {anomalies:,} rows, beside {normal:,} normal "
        "ones. Nothing is learned from these labels; trials are compared by them "
        f"({label_of(PR_AUC.name)}).",
    )
