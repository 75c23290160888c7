from automl.testing.samples import FamilySample
from automl.testing.tensors import ROW

SAMPLE = FamilySample(
    name="mixed/fusion",
    tensors=ROW,
    small={
        "width": 8,
        "tabular_mlp_width": 8,
        "tabular_mlp_depth": 1,
        "image_cnn_filters": 4,
        "image_cnn_blocks": 2,
        "text_ngrams_depth": 1,
        "text_ngrams_width": 4,
        "audio_cnn_filters": 4,
        "audio_cnn_blocks": 2,
        "audio_cnn_mel_bands": 12,
    },
    one={"dropout": 0.2, "image_cnn_shift": 0.1},
    other={"dropout": 0.4, "image_cnn_shift": 0.2},
)
