from automl.testing.samples import FamilySample
from automl.testing.tensors import SOUNDS

SAMPLE = FamilySample(
    name="audio/residual_cnn",
    tensors=SOUNDS,
    small={"width": 4, "stages": 2, "mel_bands": 12, "hop_ms": 20, "level": "band"},
    one={"dropout": 0.2, "time_mask": 0.1, "warp": 0.1, "tilt": 3.0, "noise": 0.3},
    other={"dropout": 0.4, "time_mask": 0.3, "warp": 0.2, "tilt": 6.0, "noise": 0.5},
)
