"""The ends of a language model: tokens become vectors, and vectors scores of the next token.

b  batch, t  tokens of a window, d  length of a vector, V  size of the vocabulary
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
from keras import initializers, layers, ops

from automl.core.tensors import Bound

if TYPE_CHECKING:
    from keras import KerasTensor

DEVIATION = 0.02
"""Standard deviation of first weights (GPT-2: Radford et al., 2019)."""


@keras.saving.register_keras_serializable(package="automl")
class TokenTable(layers.ReversibleEmbedding):
    """Keras' own layer, with one answer under mixed precision wherever it is called.

    Keras (3.15) multiplies by weights of 16 bits where the layer is called by itself, and by those of 32
    bits inside a model of mixed precision that is called as a layer.
    """

    def __init__(self, *arguments: Any, **kwargs: Any) -> None:
        super().__init__(*arguments, **kwargs)
        self.autocast = True


def embed_stream(
    stream: Bound, size: int, *, deviation: float | None = None
) -> tuple[KerasTensor, TokenTable]:
    """Return vectors ``(b, t, d)`` of ``stream (b, t, 1) int32``, and the layer that made them.

    Args:
        stream: the tokens.
        size: d.
        deviation: of first values; by default such that vectors have length 1.
    """
    start = initializers.RandomNormal(stddev=size**-0.5 if deviation is None else deviation)
    known = stream.spec.facts.size
    table = TokenTable(known, size, embeddings_initializer=start, name="tokens")
    return table(ops.squeeze(stream.tensor, -1)), table


def scores_of(vectors: KerasTensor, stream: Bound, table: TokenTable | None) -> KerasTensor:
    """Return scores ``(b, t, V)`` of vectors ``(b, t, d)``.

    Args:
        vectors: what is known after each token; of the table's length where there is one.
        stream: the tokens.
        table: of the tokens, where its vectors make the scores; else they are made by a dense layer.
    """
    if table is not None:
        return table(vectors, reverse=True)
    start = initializers.RandomNormal(stddev=DEVIATION)
    known = stream.spec.facts.size
    # the head of the task has a number of each token of its own
    dense = layers.Dense(
        known, use_bias=False, kernel_initializer=start, dtype="float32", name="token_logits"
    )
    return dense(vectors)
