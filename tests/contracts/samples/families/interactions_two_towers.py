from automl.testing.samples import FamilySample
from automl.testing.tensors import catalogue, features_of

SAMPLE = FamilySample(
    name="interactions/two_towers",
    tensors=(catalogue(6, 9, 2, 4), features_of("user", 3)),
    small={"size": 4, "depth": 1, "width": 5, "asked": 3, "history": 5},
    one={"left_out": 0.3, "cold": 0.1},
    other={"left_out": 0.6, "cold": 0.3},
    needs=("item_scores", "trained_item_scores"),
)
