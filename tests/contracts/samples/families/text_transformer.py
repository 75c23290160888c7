from automl.testing.samples import FamilySample
from automl.testing.tensors import TEXTS

SAMPLE = FamilySample(
    name="text/transformer",
    tensors=TEXTS,
    small={"depth": 1, "heads": 2, "embedding_size": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
