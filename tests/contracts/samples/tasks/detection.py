import numpy as np

from automl.core.targets import TARGET, ragged
from automl.core.tensors import TensorSpec
from automl.testing.samples import TaskSample

RANDOM = np.random.default_rng(0)
FRAME = TensorSpec(name="frame", kind="frame", shape=(2,), source="image")


def boxes(count):
    """Corners in a canvas of 64 x 48, a label, no crowds."""
    low = RANDOM.uniform(0, (40, 30), (count, 2))
    high = low + RANDOM.uniform(6, (24, 18), (count, 2))
    return np.concatenate([low, high, RANDOM.integers(0, 2, (count, 1)), np.zeros((count, 1))], axis=1)


SAMPLE = TaskSample(
    name="detection",
    targets={TARGET: ragged(boxes(row % 4) for row in range(40))},
    names=("boxes",),
    feature=(6, 8, 5),
    facts={"labels": ["cat", "dog"], "height": 48, "width": 64},
    tensors=(FRAME,),
)
