from automl.testing.samples import FamilySample
from automl.testing.tensors import PICTURES

SAMPLE = FamilySample(
    name="scene/detector",
    tensors=PICTURES,
    small={"width": 8, "stages": 2, "neck_width": 8, "stride": 4},
    one={"contrast": 0.1, "block_dropout": 0.1},
    other={"contrast": 0.3, "block_dropout": 0.3},
    needs=("grid",),
)
