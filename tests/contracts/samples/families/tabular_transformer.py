from automl.testing.samples import FamilySample
from automl.testing.tensors import TABLE

SAMPLE = FamilySample(
    name="tabular/transformer",
    tensors=TABLE,
    small={"depth": 1, "heads": 2, "head_size": 4, "numeric_bins": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
