from automl.testing.samples import FamilySample
from automl.testing.tensors import SERIES

SAMPLE = FamilySample(
    name="series/transformer",
    tensors=SERIES,
    small={"width": 8, "depth": 1, "heads": 2, "patch": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
