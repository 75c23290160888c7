from automl.testing.samples import FamilySample
from automl.testing.tensors import SOUNDS

SAMPLE = FamilySample(
    name="audio/cepstrum",
    tensors=SOUNDS,
    small={"width": 4},
    one={"dropout": 0.2},
    other={"dropout": 0.4},
)
