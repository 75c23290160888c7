from automl.testing.samples import FamilySample
from automl.testing.tensors import TABLE

SAMPLE = FamilySample(
    name="tabular/realmlp",
    tensors=TABLE,
    small={"width": 8, "depth": 1, "bins": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
