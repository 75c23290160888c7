import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample

POINTS = np.empty(40, object)
POINTS[:] = [np.random.default_rng(row).uniform(0, 1, (row % 3, 2)).astype(np.float32) for row in range(40)]
SAMPLE = TaskSample(name="spots", targets={TARGET: POINTS})
