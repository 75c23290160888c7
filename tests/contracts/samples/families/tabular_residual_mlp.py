from automl.testing.samples import FamilySample
from automl.testing.tensors import TABLE

SAMPLE = FamilySample(
    name="tabular/residual_mlp",
    tensors=TABLE,
    small={"width": 8, "depth": 1, "numeric_bins": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
