import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample

SAMPLE = TaskSample(
    name="multiclass",
    targets={TARGET: np.array(["1", "2", "10", "2"] * 10, dtype=object)},
)
