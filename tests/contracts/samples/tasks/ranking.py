import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample
from automl.testing.tensors import history

ITEMS = [f"i{number}" for number in range(6)]
RANDOM = np.random.default_rng(0)


def user() -> str:
    order = RANDOM.permutation(ITEMS).tolist()
    return "\t".join(order[:2]) + "\n" + "\t".join(order[2:4])


SAMPLE = TaskSample(
    name="ranking",
    targets={TARGET: np.array([user() for _ in range(24)], object)},
    names=("items",),
    feature=(6,),
    facts={"items": ITEMS},
    tensors=(history(3, 7),),
)
