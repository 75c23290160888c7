import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample

SAMPLE = TaskSample(
    name="binary",
    targets={TARGET: np.array(["no", "yes"] * 20, dtype=object)},
)
