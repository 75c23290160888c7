from automl.testing.samples import KindSample
from tests.data.sounds import tones

SAMPLE = KindSample(
    name="sound",
    cells=tones,
    other=("2.wav", "0.wav", "1.wav"),
    dtype="float32",
    tensors=("sound", "cepstrum"),
)
