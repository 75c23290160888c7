import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample

RANDOM = np.random.default_rng(0)
SAMPLE = TaskSample(
    name="regression",
    title="of_two",
    targets={TARGET: RANDOM.normal(0, 3, (40, 2))},
    names=("y", "z"),
)
