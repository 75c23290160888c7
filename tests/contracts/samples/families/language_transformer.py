from automl.testing.samples import FamilySample
from automl.testing.tensors import ids_of_text

SAMPLE = FamilySample(
    name="language/transformer",
    tensors=(ids_of_text(9, 12),),
    small={"width": 8, "depth": 1, "heads": 2},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
    needs=("scores",),
)
