from automl.testing.samples import FamilySample
from automl.testing.tensors import SERIES

SAMPLE = FamilySample(
    name="series/cnn",
    tensors=SERIES,
    small={"width": 8, "depth": 1, "patch": 4},
    one={"dropout": 0.2, "noise": 0.1},
    other={"dropout": 0.4, "noise": 0.3},
)
