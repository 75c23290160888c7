import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample

RANDOM = np.random.default_rng(0)
SAMPLE = TaskSample(
    name="regression",
    targets={TARGET: RANDOM.normal(50, 9, (40, 1))},
)
