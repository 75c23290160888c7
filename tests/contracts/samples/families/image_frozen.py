from automl.testing.samples import FamilySample
from automl.testing.tensors import PICTURES, numbers

SAMPLE = FamilySample(
    name="image/frozen",
    tensors=(*PICTURES, numbers("embedding", 12)),
    small={"width": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
