"""Binary targets with a rare class: what is measured by default, and which class is the positive one.

Accuracy says little there: of 5 % sick patients a model that never finds one is right in 95 %. Average
precision (``pr_auc``) looks at the rare class alone (Saito and Rehmsmeier, PLoS ONE, 2015).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from automl.core.mistakes import MistakeCosts
from automl.core.specs import label_of
from automl.core.targets import TARGET
from automl.metrics.metric import PR_AUC
from automl.tasks.class_order import classes_of
from automl.tasks.declaration import Usual

RARE = 0.1
"""Share of rows below which a class is rare."""

RARE_CLASS = "rare_class"
"""The trait of targets of two classes of which one is rare, for which search spaces have losses."""

MINORITY = 0.2
"""Share of rows below which a class is the positive one, wherever it stands in the order of classes. Twice
``RARE``, so that no training part can disagree with all rows on which class is meant."""


MANY, MANY_COMMON = 50_000, "many_common"
"""Rows from which some of the common class may be left out, and the trait of such targets: fewer make
networks better and not only slower."""


def usual_metric(targets: Mapping[str, np.ndarray]) -> Usual | None:
    """Return average precision where one of two classes is rare, else None.

    Args:
        targets: raw labels by name ``(n,)``; a single target.
    """
    labels, counts = np.unique(np.asarray(targets[TARGET]).astype(str), return_counts=True)
    share = float(counts.min() / counts.sum())
    if len(labels) != 2 or share >= RARE:
        return None
    rare = str(labels[counts.argmin()])
    return Usual(
        metric=PR_AUC,
        note=f"Only {share:.1%} of the rows are {rare!r}, so trials are compared by average precision of "
        f"{rare!r} ({label_of(PR_AUC.name)}) and not by accuracy; --metric asks for another.",
    )


def traits_of(targets: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """Return the traits of labels; see ``tasks.traits``."""
    if usual_metric(targets) is None:
        return ()
    return (RARE_CLASS, MANY_COMMON) if len(targets[TARGET]) >= MANY else (RARE_CLASS,)


def told_costs(targets: Mapping[str, np.ndarray], costs: MistakeCosts) -> str:
    """Return what the costs of mistakes mean for labels: which class is looked for, and from where on.

    Args:
        targets: raw labels by name ``(n,)``; a single target of two classes.
        costs: of mistakes.
    """
    classes, shares = classes_of(targets[TARGET])
    name = classes[positive_class(shares)]
    return (
        f"A row of {name!r} that is missed costs {costs.missed:g}, a false alarm {costs.alarm:g}: true "
        f"probabilities ask for an alarm from {costs.threshold:.4g} on."
    )


def positive_class(shares: tuple[float, ...]) -> int:
    """Return which of two classes ``pr_auc`` is about: the second, or the first where it is far rarer.

    Args:
        shares: of the classes in the training part.
    """
    return 0 if len(shares) == 2 and shares[0] < MINORITY else 1
