"""RealMLP: a perceptron of tables with defaults that were tuned on many of them (Holzmüller et al., 2024).

Numbers are embedded by piecewise linear encoding (Gorishniy et al., 2022) or by learned cosines; each
input has a learned scale; dense layers are in neural tangent parametrisation; activations learn how curved
they are. Its learning rates are far above those of other networks: see ``automl.models.layers.real_mlp``.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
from keras import KerasTensor

from automl.core.shaping import shaping
from automl.core.tensors import Bound, Inputs
from automl.models.family import Family, Features
from automl.models.layers.category_means import category_means
from automl.models.layers.feature_encoding import SpreadColumns, bins_of, check_embedding, encode_categories
from automl.models.layers.number_views import ROW_SLOTS, plain_numbers, used_views
from automl.models.layers.numeric_embeddings import BinEmbedding, PeriodicEmbedding
from automl.models.layers.real_mlp import (
    NeuralTangentDense,
    ParametricActivation,
    ScaledInputs,
    fits_first_weights,
)

SLOW = 0.1
"""Learning rate of a periodic embedding as a multiple of the others'."""


@dataclass(frozen=True, kw_only=True)
class RealMlpOptions:
    """Hyperparameters.

    Attributes:
        width: units of a hidden layer.
        depth: hidden layers.
        activation: ``mish`` or ``selu``, mixed with the identity by learned shares.
        dropout: share of units left out in each step.
        first_weights: ``by_rows``: scaled and shifted so that units vary and bend where rows are; or left
            as they are ``drawn``.
        one_hot_limit: largest number of categories that a one-hot code is made for.
        category_size: size of the embedding of a column with more categories.
        category_means: ``beside`` gives columns with many categories the means of the targets in each, and
            how often it occurs, besides; or ``none``.
        numbers: ``columns``, or ``components``: the directions in which collinear columns vary.
        numeric_embedding: ``ple`` (piecewise linear), ``periodic`` or ``none``.
        bins: largest number of bins of a column with ``ple``; a column of few values has one between each
            two of them.
        bin_size: numbers per column with ``ple``.
        frequencies: cosines per column with ``periodic``.
        wave_size: numbers per column with ``periodic``, the number itself included.
        frequency_scale: standard deviation of the first frequencies of ``periodic``.
    """

    width: int = 128
    depth: int = 3
    activation: str = "selu"
    dropout: float = 0.15
    first_weights: str = "by_rows"
    one_hot_limit: int = 64
    category_size: int = 8
    category_means: str = "none"
    numbers: str = "columns"
    numeric_embedding: str = "ple"
    bins: int = 128
    bin_size: int = 8
    frequencies: int = 16
    wave_size: int = 4
    frequency_scale: float = shaping(0.5)


def build(inputs: Inputs, options: RealMlpOptions) -> Features:
    """Encode and scale the row, then ``depth`` times dense, activation, dropout.

    The feature is divided by the root of its size, so that a head on it learns as the layers before it.
    """
    by_rows = fits_first_weights(options.first_weights)
    features = ScaledInputs()(_encoded(inputs, options))
    for _ in range(options.depth):
        features = NeuralTangentDense(options.width, by_rows=by_rows)(features)
        features = ParametricActivation(options.activation)(features)
        features = keras.layers.Dropout(options.dropout)(features) if options.dropout else features
    return {"vector": keras.layers.Rescaling(options.width**-0.5)(features)}


def _encoded(inputs: Inputs, options: RealMlpOptions) -> KerasTensor:
    numeric = plain_numbers(inputs)
    ranks, codes = inputs.get("ranks"), inputs.get("categorical")
    parts = _numbers(numeric, ranks, options)
    if codes is not None:
        parts += encode_categories(codes, options, SpreadColumns)
    parts += category_means(inputs, options)
    return parts[0] if len(parts) == 1 else keras.layers.Concatenate(axis=1)(parts)


def _numbers(numeric: Bound | None, ranks: Bound | None, options: RealMlpOptions) -> list[KerasTensor]:
    """Embedded numbers, and as they are what has no ranks: indicators of missing ones."""
    kind = options.numeric_embedding
    check_embedding(kind)
    if ranks is None or kind == "none":
        return [item.tensor for item in (numeric or ranks,) if item is not None]
    count = ranks.spec.shape[0] or 0
    whole = (ranks if numeric is None else numeric).tensor
    numbers = whole[:, :count]
    if kind == "ple":
        embedded = BinEmbedding(bins_of(ranks, options.bins), options.bin_size)([numbers, ranks.tensor])
    else:
        embedding = PeriodicEmbedding(
            options.frequencies, options.wave_size, options.frequency_scale, factor=SLOW
        )
        embedded = embedding(numbers)
    rest = [whole[:, count:]] if whole.shape[1] > count else []
    return [keras.layers.Flatten()(embedded), *rest]


FAMILY = Family(
    name="tabular/realmlp",
    slots=ROW_SLOTS,
    gives=("vector",),
    options=RealMlpOptions,
    build=build,
    uses=used_views,
)
