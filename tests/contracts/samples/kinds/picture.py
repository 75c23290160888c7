from automl.testing.samples import KindSample
from tests.data.pictures import pictures

SAMPLE = KindSample(
    name="picture",
    cells=pictures,
    other=("2.png", "0.png", "1.png"),
    dtype="uint8",
    tensors=("image",),
)
