from automl.testing.samples import FamilySample
from automl.testing.tensors import SOUNDS

SAMPLE = FamilySample(
    name="audio/cnn",
    tensors=SOUNDS,
    small={"filters": 4, "blocks": 2, "mel_bands": 12, "hop_ms": 20},
    one={"dropout": 0.2, "time_mask": 0.1, "frequency_mask": 0.2},
    other={"dropout": 0.4, "time_mask": 0.3, "frequency_mask": 0.4},
)
