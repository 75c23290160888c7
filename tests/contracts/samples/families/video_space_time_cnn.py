from automl.testing.samples import FamilySample
from automl.testing.tensors import VIDEOS

SAMPLE = FamilySample(
    name="video/space_time_cnn",
    tensors=VIDEOS,
    small={"width": 4, "stages": 2, "stem_stride": 2},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
