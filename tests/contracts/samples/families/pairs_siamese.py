from automl.testing.samples import FamilySample
from automl.testing.tensors import PAIRS

SAMPLE = FamilySample(
    name="pairs/siamese",
    tensors=PAIRS,
    small={"units": 4, "embedding_size": 4, "width": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
