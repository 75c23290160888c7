from automl.testing.samples import FamilySample
from automl.testing.tensors import ids_of_text

SAMPLE = FamilySample(
    name="language/rnn",
    tensors=(ids_of_text(9, 12),),
    small={"units": 4, "embedding_size": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
    needs=("scores",),
)
