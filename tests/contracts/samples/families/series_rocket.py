from automl.testing.samples import FamilySample
from automl.testing.tensors import SERIES

SAMPLE = FamilySample(
    name="series/rocket",
    tensors=SERIES,
    small={"width": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
