from automl.testing.samples import FamilySample
from automl.testing.tensors import catalogue

SAMPLE = FamilySample(
    name="interactions/sasrec",
    tensors=(catalogue(6, 9, 2, 4),),
    small={"size": 4, "depth": 1, "history": 5, "negatives": 8},
    one={"dropout": 0.1},
    other={"dropout": 0.3},
    needs=("item_scores", "trained_item_scores"),
)
