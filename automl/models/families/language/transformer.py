"""A decoder-only Transformer (Radford et al., 2019) with rotary positions, RMSNorm and tied embeddings.

b  batch, t  tokens of a window, d  width, V  size of the vocabulary
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from keras import initializers, layers

from automl.core.shaping import shaping
from automl.core.tensors import Inputs
from automl.models.families.language.streams import context_of, stream_of
from automl.models.family import Family, Features, Slot
from automl.models.layers.causal_attention import CausalAttention
from automl.models.layers.token_scores import DEVIATION, embed_stream, scores_of

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class TransformerOptions:
    """Shape of the network.

    Attributes:
        vocabulary: size of the vocabulary, where the data gives sub-words with several.
        width: d, features of a token.
        depth: blocks.
        heads: attention heads.
        feedforward: width of a block's hidden layer as a multiple of d.
        gate: ``gelu``, or ``swiglu``: the hidden layer is gated by another one (Shazeer, 2020).
        tied: whether the scores of tokens are made by the vectors that they come in by (Press and Wolf,
            2017).
        dropout: share dropped of the vectors of tokens, and of what each block adds to them.
    """

    vocabulary: int = 0
    width: int = 128
    depth: int = 4
    heads: int = 4
    feedforward: float = shaping(4.0)
    gate: Literal["gelu", "swiglu"] = "gelu"
    tied: bool = True
    dropout: float = 0.0


def build(inputs: Inputs, options: TransformerOptions) -> Features:
    """Build from ``stream (b, t, 1)`` to ``scores (b, t, V)``."""
    stream = inputs.one("stream")
    vectors, table = embed_stream(stream, options.width, deviation=DEVIATION)
    vectors = _dropped(vectors, options)
    for _ in range(options.depth):
        attention = CausalAttention(options.heads, context_of(stream.spec), options.depth)
        attended = attention(layers.RMSNormalization()(vectors))
        vectors = vectors + _dropped(attended, options)
        vectors = vectors + _dropped(_hidden(layers.RMSNormalization()(vectors), options), options)
    vectors = layers.RMSNormalization()(vectors)
    return {"scores": scores_of(vectors, stream, table if options.tied else None)}


def _hidden(vectors: KerasTensor, options: TransformerOptions) -> KerasTensor:
    start = initializers.RandomNormal(stddev=DEVIATION)
    small = initializers.RandomNormal(stddev=DEVIATION * (2 * options.depth) ** -0.5)
    size = round(options.width * options.feedforward)
    if options.gate == "swiglu":
        # a gate is a third matrix: two thirds of the size make as many weights
        size = max(1, 2 * size // 3)
        gate = layers.Dense(size, activation="silu", use_bias=False, kernel_initializer=start)(vectors)
        hidden = gate * layers.Dense(size, use_bias=False, kernel_initializer=start)(vectors)
    else:
        hidden = layers.Dense(size, activation="gelu", use_bias=False, kernel_initializer=start)(vectors)
    return layers.Dense(options.width, use_bias=False, kernel_initializer=small)(hidden)


def _dropped(vectors: KerasTensor, options: TransformerOptions) -> KerasTensor:
    return layers.Dropout(options.dropout)(vectors) if options.dropout > 0 else vectors


FAMILY = Family(
    name="language/transformer",
    slots=(Slot(kind="stream", least=1, most=None),),
    gives=("scores",),
    options=TransformerOptions,
    build=build,
    uses=stream_of,
)
