import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample

RANDOM = np.random.default_rng(0)
SAMPLE = TaskSample(
    name="multilabel",
    targets={TARGET: RANDOM.integers(0, 2, (40, 3)).astype(np.float32)},
    names=("a", "b", "c"),
)
