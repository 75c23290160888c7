import numpy as np

from automl.testing.samples import TaskSample

RANDOM = np.random.default_rng(0)
SAMPLE = TaskSample(
    name="joint",
    targets={
        "sold": np.array(["yes", "no"], object)[RANDOM.integers(0, 2, 40)],
        "price": RANDOM.normal(50, 9, (40, 1)),
    },
    names=("sold", "price"),
    facts={"parts": {"sold": "binary", "price": "regression"}},
)
