import numpy as np

from automl.testing.samples import TaskSample
from automl.testing.tensors import series

RANDOM = np.random.default_rng(0)
SAMPLE = TaskSample(
    name="forecasting",
    targets={"target": RANDOM.normal(size=(24, 4, 2))},
    names=("a", "b"),
    feature=(2, 5),
    facts={"mean": [10.0, -5.0], "std": [2.0, 4.0], "naive_mae": [1.0, 0.5], "season": 3, "horizon": 4},
    inputs={"series": RANDOM.normal(size=(6, 6, 3))},
    tensors=(series(6, 3, targets=2),),
)
