import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample

SAMPLE = TaskSample(
    name="verification",
    targets={TARGET: np.array(["ann", "bob", "cid", "dee"] * 10, object)},
    names=("person",),
    inputs={"image": np.random.default_rng(0).integers(0, 255, (10, 8, 6, 1)).astype(np.uint8)},
)
