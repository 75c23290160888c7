"""Recurrent language models: a GRU (Cho et al., 2014) or an LSTM (Hochreiter and Schmidhuber, 1997).

b  batch, t  tokens of a window, V  size of the vocabulary
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from keras import layers

from automl.core.tensors import Inputs
from automl.models.families.language.streams import stream_of
from automl.models.family import Family, Features, Slot
from automl.models.layers.token_scores import embed_stream, scores_of

_CELLS = {"gru": layers.GRU, "lstm": layers.LSTM}


@dataclass(frozen=True, kw_only=True)
class RnnOptions:
    """Shape of the network.

    Attributes:
        vocabulary: size of the vocabulary, where the data gives sub-words with several.
        cell: ``gru`` or ``lstm``.
        units: features of the state.
        layers: recurrent layers, one on another.
        embedding_size: length of a token's vector.
        tied: whether the scores of tokens are made by the vectors that they come in by (Press and Wolf,
            2017), behind a dense layer that brings the state to their length.
        dropout: share dropped between layers (Zaremba et al., 2014).
    """

    vocabulary: int = 0
    cell: Literal["gru", "lstm"] = "gru"
    units: int = 256
    layers: int = 1
    embedding_size: int = 64
    tied: bool = False
    dropout: float = 0.1


def build(inputs: Inputs, options: RnnOptions) -> Features:
    """Build from ``stream (b, t, 1)`` to ``scores (b, t, V)``."""
    stream = inputs.one("stream")
    vectors, table = embed_stream(stream, options.embedding_size)
    for _ in range(options.layers):
        vectors = _CELLS[options.cell](options.units, return_sequences=True)(vectors)
        if options.dropout > 0:
            vectors = layers.Dropout(options.dropout)(vectors)
    if options.tied:
        vectors = layers.Dense(options.embedding_size)(vectors)
        return {"scores": scores_of(vectors, stream, table)}
    return {"scores": scores_of(vectors, stream, None)}


FAMILY = Family(
    name="language/rnn",
    slots=(Slot(kind="stream", least=1, most=None),),
    gives=("scores",),
    options=RnnOptions,
    build=build,
    uses=stream_of,
)
