import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample

RANDOM = np.random.default_rng(0)
SAMPLE = TaskSample(
    name="rating",
    targets={TARGET: RANDOM.integers(1, 6, (40, 1)).astype(float)},
    names=("rating",),
    feature=(1,),
)
