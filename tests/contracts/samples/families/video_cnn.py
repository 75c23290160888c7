from automl.testing.samples import FamilySample
from automl.testing.tensors import VIDEOS

SAMPLE = FamilySample(
    name="video/cnn",
    tensors=VIDEOS,
    small={"filters": 2, "blocks": 1, "frame_step": 2, "motion": "both", "shrink": 2},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
