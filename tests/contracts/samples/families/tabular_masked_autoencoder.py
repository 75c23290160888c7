from automl.testing.samples import FamilySample
from automl.testing.tensors import TABLE

SAMPLE = FamilySample(
    name="tabular/masked_autoencoder",
    tensors=TABLE,
    small={"width": 8, "code": 4, "groups": 2},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
    needs=("surprise",),
)
