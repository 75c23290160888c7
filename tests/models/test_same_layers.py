"""The layers of a family's network: with other layers, or in another order, every result would be another.

A family that is changed on purpose changes its line here, and the changelog says that results differ.
"""

from __future__ import annotations

import keras
import pytest

from automl.testing.networks import network
from automl.testing.samples import FamilySample, discovered

SAMPLES = discovered("tests.contracts.samples.families")
LAYERS = {
    "image/cnn": "Conv2D BatchNormalization Conv2D BatchNormalization Dropout",
    "image/residual_cnn": (
        "Conv2D BatchNormalization Conv2D BatchNormalization Conv2D BatchNormalization Conv2D "
        "BatchNormalization Conv2D Conv2D BatchNormalization Dropout"
    ),
    "image/vision_transformer": (
        "Conv2D BatchNormalization Conv2D ImagePositions LayerNormalization MultiHeadAttention "
        "Dropout LayerNormalization Dense Dense Dropout LayerNormalization Dense Dropout"
    ),
    "mixed/fusion": (
        "Conv2D BatchNormalization PiecewiseLinearEmbedding EmbeddedColumns Conv2D "
        "BatchNormalization Embedding Embedding Dense Dropout Dropout Dense Dense "
        "LayerNormalization LayerNormalization LayerNormalization LayerNormalization Dense "
        "Dropout"
    ),
    "series/cnn": "GaussianNoise Conv1D BatchNormalization SpatialDropout1D",
    "series/linear": "Dropout",
    "series/rnn": "Bidirectional Dropout",
    "series/transformer": (
        "Conv1D StepPositions LayerNormalization MultiHeadAttention Dropout LayerNormalization "
        "Dense Dropout Dense Dropout LayerNormalization"
    ),
    "tabular/linear": "PiecewiseLinearEmbedding Dropout",
    "tabular/mlp": "PiecewiseLinearEmbedding EmbeddedColumns Dense Dropout",
    "tabular/residual_mlp": (
        "PiecewiseLinearEmbedding EmbeddedColumns Dense LayerNormalization Dense Dropout Dense "
        "LayerNormalization"
    ),
    "tabular/transformer": (
        "LinearTokens PiecewiseLinearEmbedding EmbeddedColumns ClassToken LayerNormalization "
        "MultiHeadAttention LayerNormalization Dense Dropout Dense LayerNormalization"
    ),
    "text/cnn": "Embedding Dropout Conv1D Conv1D Dropout",
    "text/ngrams": "Embedding Dropout Dense Dropout",
    "text/rnn": "Embedding Dropout Bidirectional Dropout",
    "text/transformer": (
        "Embedding TokenPositions Dropout LayerNormalization MultiHeadAttention Dropout "
        "LayerNormalization Dense Dense Dropout LayerNormalization Dropout"
    ),
}


def layers(sample: FamilySample) -> str:
    """Classes of the layers that have weights or draw numbers, as the model holds them."""
    options = {**sample.small, **sample.one}
    model = network(sample.name, sample.tensors, **options)
    drawing = [layer for layer in model.layers if layer.weights or _drops(layer)]
    return " ".join(type(layer).__name__ for layer in drawing)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_layers_of_a_family_stay_in_their_order(sample: FamilySample) -> None:
    assert layers(sample) == LAYERS[sample.name]


def _drops(layer: keras.Layer) -> bool:
    return getattr(layer, "seed_generator", None) is not None
