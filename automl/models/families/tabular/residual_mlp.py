"""Residual perceptron of a table: the ResNet of Gorishniy et al. (2021)."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from automl.core.shaping import shaping
from automl.core.tensors import Inputs
from automl.models.family import Family, Features
from automl.models.layers.dense_blocks import activate, dense, normalise
from automl.models.layers.feature_encoding import encode_row
from automl.models.layers.number_views import ROW_SLOTS, used_views


@dataclass(frozen=True, kw_only=True)
class ResidualMlpOptions:
    """Hyperparameters.

    Attributes:
        width: units of the trunk.
        depth: residual blocks.
        expansion: units inside a block as a multiple of ``width``.
        activation: see ``ACTIVATIONS`` of ``models.layers.dense_blocks``.
        normalisation: ``none``, ``batch`` or ``layer``, at the beginning of a block and at the end.
        dropout: share of units left out inside a block.
        residual_dropout: share of units left out of what a block adds.
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

    width: int = 96
    depth: int = 2
    expansion: float = shaping(2.0)
    activation: str = "gelu"
    normalisation: str = "layer"
    dropout: float = 0.2
    residual_dropout: float = 0.0
    one_hot_limit: int = 9
    category_size: int = 8
    category_means: str = "none"
    numbers: str = "columns"
    numeric_embedding: str = "ple"
    numeric_size: int = 8
    numeric_bins: int = 48
    frequency_scale: float = shaping(0.1)


def build(inputs: Inputs, options: ResidualMlpOptions) -> Features:
    """Encode the row, bring it to the trunk's width, add blocks, normalise and activate."""
    trunk = keras.layers.Dense(options.width)(encode_row(inputs, options))
    for _ in range(options.depth):
        inner = normalise(trunk, options.normalisation)
        inner = dense(inner, round(options.width * options.expansion), options.activation)
        inner = activate(inner, options.activation, options.dropout)
        inner = keras.layers.Dense(options.width)(inner)
        if options.residual_dropout:
            inner = keras.layers.Dropout(options.residual_dropout)(inner)
        trunk = keras.layers.Add()([trunk, inner])
    return {"vector": activate(normalise(trunk, options.normalisation), options.activation, 0.0)}


FAMILY = Family(
    name="tabular/residual_mlp",
    slots=ROW_SLOTS,
    gives=("vector",),
    options=ResidualMlpOptions,
    build=build,
    uses=used_views,
)
