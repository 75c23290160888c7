from automl.testing.samples import FamilySample
from automl.testing.tensors import SERIES

SAMPLE = FamilySample(
    name="series/linear",
    tensors=SERIES,
    small={},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
