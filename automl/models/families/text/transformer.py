"""A Transformer encoder over words (Vaswani et al., 2017), normalisation first, pooled to one vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.shaping import shaping
from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.attention import encoder_block
from automl.models.layers.text_tokens import TokenOptions, embed_tokens

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, kw_only=True)
class TransformerOptions(TokenOptions):
    """Shape of the network; ``embedding_size`` is its width.

    Attributes:
        depth: encoder blocks.
        heads: attention heads.
        feedforward: width of a block's hidden layer as a multiple of the width.
        block_dropout: share dropped inside the blocks.
    """

    depth: int = 1
    heads: int = 4
    feedforward: float = shaping(2.0)
    block_dropout: float = 0.1


def build(inputs: Inputs, options: TransformerOptions) -> Features:
    """Build from ``tokens (batch, words)`` to ``steps``."""
    vectors, mask = embed_tokens(inputs.one("tokens"), options, positions=True)
    for _ in range(options.depth):
        vectors = encoder_block(
            vectors,
            mask,
            heads=options.heads,
            feedforward=options.feedforward,
            dropout=options.block_dropout,
        )
    return {"steps": layers.LayerNormalization()(vectors), "mask": mask}


FAMILY = Family(
    name="text/transformer",
    slots=(Slot(kind="tokens", least=1),),
    gives=("steps",),
    options=TransformerOptions,
    build=build,
    necks={"word_pool_dropped": {"pooling": "mean"}},
)
