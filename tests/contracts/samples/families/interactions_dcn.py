from automl.testing.samples import FamilySample
from automl.testing.tensors import INTERACTIONS

SAMPLE = FamilySample(
    name="interactions/dcn",
    tensors=INTERACTIONS,
    small={"embedding_size": 3, "feature_size": 2, "width": 4, "depth": 1, "crosses": 1},
    one={"factor_penalty": 0.02, "dropout": 0.2},
    other={"factor_penalty": 0.05, "dropout": 0.4},
    needs=("score",),
)
