import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample

RANDOM = np.random.default_rng(0)
SAMPLE = TaskSample(
    name="regression",
    title="far_from_zero",
    targets={TARGET: 1e9 + RANDOM.normal(0, 1, (40, 1))},
)
