from automl.testing.samples import FamilySample
from automl.testing.tensors import VIDEOS

SAMPLE = FamilySample(
    name="video/space_time_cnn",
    tensors=VIDEOS,
    small={"width": 2, "stages": 1, "motion": "frames"},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
