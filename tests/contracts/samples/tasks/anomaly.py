import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample

SAMPLE = TaskSample(
    name="anomaly",
    targets={TARGET: np.array(["odd", "fine", "", "fine"] * 8, dtype=object)},
)
