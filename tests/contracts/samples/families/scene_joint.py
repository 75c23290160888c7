from automl.testing.samples import FamilySample
from automl.testing.tensors import PICTURES

SAMPLE = FamilySample(
    name="scene/joint",
    tensors=PICTURES,
    small={"width": 4, "stages": 1, "neck_width": 4, "pixel_width": 2, "stride": 4, "mirror_images": True},
    one={"contrast": 0.1, "block_dropout": 0.1},
    other={"contrast": 0.3, "block_dropout": 0.3},
    needs=("pixels",),
)
