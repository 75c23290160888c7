from automl.testing.samples import FamilySample
from automl.testing.tensors import history

SAMPLE = FamilySample(
    name="interactions/autoencoder",
    tensors=(history(6, 9),),
    small={"width": 4},
    one={"left_out": 0.2},
    other={"left_out": 0.4},
    needs=("item_scores",),
)
