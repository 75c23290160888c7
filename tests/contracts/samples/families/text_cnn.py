from automl.testing.samples import FamilySample
from automl.testing.tensors import TEXTS

SAMPLE = FamilySample(
    name="text/cnn",
    tensors=TEXTS,
    small={"filters": 4, "embedding_size": 4, "kernel_sizes": "3-4"},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
