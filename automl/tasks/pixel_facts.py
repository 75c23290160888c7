"""What classes of pixels say of the metric that trials are compared by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from automl.core.targets import TARGET
from automl.metrics.metric import MEAN_IOU
from automl.tasks.declaration import Usual


def usual_metric(targets: Mapping[str, np.ndarray]) -> Usual | None:
    """Return the mean over all classes where there are more than two; None for the task's first metric.

    Args:
        targets: raw: classes ``(n, h, w) int16``, -1 where there is none.
    """
    if int(targets[TARGET].max()) < 2:
        return None
    text = f"{MEAN_IOU.name} compares trials: each class counts alike, whatever its share of the pixels."
    return Usual(metric=MEAN_IOU, note=text)
