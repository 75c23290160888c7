from automl.testing.samples import FamilySample
from automl.testing.tensors import SPEECH

SAMPLE = FamilySample(
    name="speech/separable",
    tensors=SPEECH,
    small={"filters": 4, "width": 8, "blocks": 1, "kernel_size": 3, "mel_bands": 12, "hop_ms": 20},
    one={"dropout": 0.2, "time_mask": 0.1, "frequency_mask": 0.2},
    other={"dropout": 0.4, "time_mask": 0.3, "frequency_mask": 0.4},
    needs=("frames",),
)
