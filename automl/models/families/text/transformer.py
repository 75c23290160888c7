"""A Transformer encoder over words (Vaswani et al., 2017), normalisation first, pooled to one vector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.models.family import Family
from automl.models.layers.attention import encoder_block
from automl.models.layers.text_tokens import TokenOptions, embed_tokens, pool

if TYPE_CHECKING:
    from keras import KerasTensor

    from automl.core.specs import InputSpec


@dataclass(frozen=True, kw_only=True)
class TransformerOptions(TokenOptions):
    """Shape of the network; ``embedding_size`` is its width.

    Attributes:
        depth: encoder blocks.
        heads: attention heads.
        feedforward: width of a block's hidden layer as a multiple of the width.
        pooling: ``mean`` over the words, ``max``, or ``both``.
        block_dropout: share dropped inside the blocks.
        dropout: share dropped before the head.
    """

    depth: int = 1
    heads: int = 4
    feedforward: float = 2.0
    pooling: str = "mean"
    block_dropout: float = 0.1
    dropout: float = 0.3


def build(
    inputs: Mapping[str, KerasTensor], specs: Mapping[str, InputSpec], options: TransformerOptions
) -> KerasTensor:
    """Build from ``tokens (batch, words)`` to a vector ``(batch, features)``."""
    vectors, mask = embed_tokens(inputs["tokens"], specs["tokens"], options, positions=True)
    for _ in range(options.depth):
        vectors = encoder_block(
            vectors,
            mask,
            heads=options.heads,
            feedforward=options.feedforward,
            dropout=options.block_dropout,
        )
    vector = pool(layers.LayerNormalization()(vectors), mask, options.pooling)
    return layers.Dropout(options.dropout)(vector) if options.dropout > 0 else vector


FAMILY = Family(
    name="transformer",
    modality="text",
    takes=("tokens",),
    gives="vector",
    options=TransformerOptions,
    build=build,
)
