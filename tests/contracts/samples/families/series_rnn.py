from automl.testing.samples import FamilySample
from automl.testing.tensors import SERIES

SAMPLE = FamilySample(
    name="series/rnn",
    tensors=SERIES,
    small={"depth": 1, "units": 4, "patch": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
