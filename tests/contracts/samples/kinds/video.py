from automl.testing.samples import KindSample
from tests.data.videos import moving

SAMPLE = KindSample(
    name="video",
    cells=moving,
    other=("2.mp4", "0.mp4", "1.mp4"),
    dtype="uint8",
    tensors=("video", "motion"),
)
