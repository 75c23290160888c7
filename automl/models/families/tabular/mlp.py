"""Multilayer perceptron of a table, after RealMLP (Holzmüller et al., 2024) in its plain parts."""

from __future__ import annotations

from dataclasses import dataclass

from automl.core.shaping import shaping
from automl.core.tensors import Inputs
from automl.models.family import Family, Features
from automl.models.layers.dense_blocks import activate, dense, normalise
from automl.models.layers.feature_encoding import encode_row
from automl.models.layers.number_views import ROW_SLOTS, used_views


@dataclass(frozen=True, kw_only=True)
class MlpOptions:
    """Hyperparameters.

    Attributes:
        width: units of a hidden layer.
        depth: hidden layers.
        activation: see ``ACTIVATIONS`` of ``models.layers.dense_blocks``.
        normalisation: ``none``, ``batch`` or ``layer``, before each activation.
        dropout: share of units left out in each step.
        one_hot_limit: largest number of categories that a one-hot code is made for.
        category_size: size of the embedding of a column with more categories.
        category_means: ``beside`` gives columns with many categories the means of the targets in each, and
            how often it occurs, besides; or ``none``.
        numbers: ``columns``, or ``components``: the directions in which collinear columns vary.
        numeric_embedding: ``none``, ``ple`` (piecewise linear) or ``periodic``.
        numeric_size: size of the embedding of a number.
        numeric_bins: bins, or frequencies, of the embedding.
        frequency_scale: standard deviation of the first frequencies of ``periodic``.
    """

    width: int = 128
    depth: int = 3
    activation: str = "mish"
    normalisation: str = "none"
    dropout: float = 0.1
    one_hot_limit: int = 9
    category_size: int = 8
    category_means: str = "none"
    numbers: str = "columns"
    numeric_embedding: str = "ple"
    numeric_size: int = 8
    numeric_bins: int = 48
    frequency_scale: float = shaping(0.1)


def build(inputs: Inputs, options: MlpOptions) -> Features:
    """Encode the row, then ``depth`` times dense, normalise, activate, drop out."""
    features = encode_row(inputs, options)
    for _ in range(options.depth):
        features = dense(features, options.width, options.activation)
        features = activate(normalise(features, options.normalisation), options.activation, options.dropout)
    return {"vector": features}


FAMILY = Family(
    name="tabular/mlp",
    slots=ROW_SLOTS,
    gives=("vector",),
    options=MlpOptions,
    build=build,
    uses=used_views,
)
