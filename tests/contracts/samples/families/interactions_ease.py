from automl.testing.samples import FamilySample
from automl.testing.tensors import history

SAMPLE = FamilySample(
    name="interactions/ease",
    tensors=(history(6, 9),),
    small={},
    one={},
    other={},
    needs=("item_scores",),
)
