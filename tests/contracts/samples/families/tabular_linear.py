from automl.testing.samples import FamilySample
from automl.testing.tensors import TABLE

SAMPLE = FamilySample(
    name="tabular/linear",
    tensors=TABLE,
    small={"numeric_bins": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
