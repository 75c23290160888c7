import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample

RANDOM = np.random.default_rng(0)
SAMPLE = TaskSample(
    name="sale",
    targets={TARGET: np.stack([RANDOM.normal(50, 9, 40), RANDOM.integers(0, 2, 40)], axis=1)},
    names=("price", "sold"),
)
