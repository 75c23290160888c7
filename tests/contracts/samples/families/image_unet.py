from automl.testing.samples import FamilySample
from automl.testing.tensors import PICTURES

SAMPLE = FamilySample(
    name="image/unet",
    tensors=PICTURES,
    small={"width": 4, "levels": 2, "convolutions": 1},
    one={"dropout": 0.1},
    other={"dropout": 0.3},
    needs=("pixels",),
)
