from automl.testing.samples import FamilySample
from automl.testing.tensors import VIDEOS

SAMPLE = FamilySample(
    name="video/cnn",
    tensors=VIDEOS,
    small={
        "filters": 4,
        "blocks": 2,
        "frame_step": 2,
        "motion": "both",
        "over_time": "gru",
        "time_units": 4,
    },
    one={"dropout": 0.2, "shift": 0.1},
    other={"dropout": 0.4, "shift": 0.2},
)
