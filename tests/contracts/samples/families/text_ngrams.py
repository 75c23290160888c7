from automl.testing.samples import FamilySample
from automl.testing.tensors import TEXTS

SAMPLE = FamilySample(
    name="text/ngrams",
    tensors=TEXTS,
    small={"width": 8, "depth": 1, "embedding_size": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
