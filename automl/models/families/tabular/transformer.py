"""Transformer over features: each column is a token (FT-Transformer, Gorishniy et al., 2021)."""

from __future__ import annotations

from dataclasses import dataclass

import keras
from keras import KerasTensor

from automl.core.shaping import shaping
from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.category_means import category_means, used_tensors
from automl.models.layers.feature_encoding import EmbeddedColumns, bins_of
from automl.models.layers.feature_tokens import ClassToken, LinearTokens
from automl.models.layers.numeric_embeddings import PiecewiseLinearEmbedding


@dataclass(frozen=True, kw_only=True)
class TransformerOptions:
    """Hyperparameters.

    Attributes:
        heads: attention heads.
        head_size: size of a head; a token has ``heads * head_size`` numbers.
        depth: blocks of attention and feed-forward layers.
        expansion: units of a feed-forward layer as a multiple of a token's size.
        activation: of the feed-forward layers.
        attention_dropout: share of attention weights left out.
        dropout: share of units left out in the feed-forward layers.
        numeric_embedding: tokens of numbers: ``none`` (linear) or ``ple`` (piecewise linear).
        numeric_bins: bins of ``ple``.
        category_means: ``beside`` gives columns with many categories the means of the targets in each, and
            how often it occurs, besides; or ``none``.
    """

    heads: int = 4
    head_size: int = 8
    depth: int = 2
    expansion: float = shaping(2.0)
    activation: str = "gelu"
    attention_dropout: float = 0.1
    dropout: float = 0.1
    numeric_embedding: str = "ple"
    numeric_bins: int = 32
    category_means: str = "none"


def build(inputs: Inputs, options: TransformerOptions) -> Features:
    """Tokens of all columns, pre-norm blocks, and the class token at the end."""
    size = options.heads * options.head_size
    tokens = _tokens(inputs, options, size)
    tokens = ClassToken()(tokens[0] if len(tokens) == 1 else keras.layers.Concatenate(axis=1)(tokens))
    for _ in range(options.depth):
        tokens = _attended(tokens, options)
        tokens = _fed_forward(tokens, options, size)
    vector = keras.layers.Activation("relu")(keras.layers.LayerNormalization()(tokens[:, 0]))
    return {"vector": vector}


def _tokens(inputs: Inputs, options: TransformerOptions, size: int) -> list[KerasTensor]:
    tokens = []
    numeric, ranks, codes = (inputs.get(kind) for kind in ("numeric", "ranks", "categorical"))
    if numeric is not None:
        tokens.append(LinearTokens(size)(numeric.tensor))
    if ranks is not None and (options.numeric_embedding == "ple" or numeric is None):
        tokens.append(PiecewiseLinearEmbedding(bins_of(ranks, options.numeric_bins), size)(ranks.tensor))
    if codes is not None:
        sizes = codes.spec.facts.sizes
        columns = range(len(sizes))
        tokens.append(EmbeddedColumns(sizes, columns, size, scale=size**-0.5)(codes.tensor))
    tokens += [LinearTokens(size)(means) for means in category_means(inputs, options)]
    return tokens


def _attended(tokens: KerasTensor, options: TransformerOptions) -> KerasTensor:
    normal = keras.layers.LayerNormalization()(tokens)
    attention = keras.layers.MultiHeadAttention(
        options.heads, options.head_size, dropout=options.attention_dropout
    )
    return keras.layers.Add()([tokens, attention(normal, normal)])


def _fed_forward(tokens: KerasTensor, options: TransformerOptions, size: int) -> KerasTensor:
    inner = keras.layers.LayerNormalization()(tokens)
    inner = keras.layers.Dense(round(size * options.expansion), activation=options.activation)(inner)
    inner = keras.layers.Dropout(options.dropout)(inner)
    return keras.layers.Add()([tokens, keras.layers.Dense(size)(inner)])


FAMILY = Family(
    name="tabular/transformer",
    slots=(
        Slot(kind="numeric"),
        Slot(kind="ranks"),
        Slot(kind="categorical"),
        Slot(kind="inner_fold", alone=False),
    ),
    gives=("vector",),
    options=TransformerOptions,
    build=build,
    uses=used_tensors,
)
