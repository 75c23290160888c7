from automl.testing.samples import FamilySample
from automl.testing.tensors import INTERACTIONS

SAMPLE = FamilySample(
    name="interactions/factorization",
    tensors=INTERACTIONS,
    small={"factors": 3},
    one={"factor_penalty": 0.02, "bias_penalty": 0.01},
    other={"factor_penalty": 0.05, "bias_penalty": 0.02},
    needs=("score",),
)
