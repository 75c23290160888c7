"""From token ids to vectors: capped vocabulary, word dropout, embedding, positions, masks.

b  batch, l  tokens, d  embedding size; id 0 is padding, 1 an unknown word
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
from keras import layers, ops

from automl.core.tensors import Bound

if TYPE_CHECKING:
    from keras import KerasTensor

UNKNOWN = 1
_NEVER = -1e9


@dataclass(frozen=True, kw_only=True)
class TokenOptions:
    """How words become vectors.

    Attributes:
        vocabulary: most frequent words known to the model; others count as unknown.
        embedding_size: length of a word's vector.
        word_dropout: share of words replaced by the unknown word in training, which teaches what
            that word means and leans less on single words (Iyyer et al., 2015).
        embedding_dropout: share of each word's features dropped in training.
    """

    vocabulary: int = 20_000
    embedding_size: int = 64
    word_dropout: float = 0.1
    embedding_dropout: float = 0.3


def embed_tokens(
    words: Bound, options: TokenOptions, *, positions: bool = False
) -> tuple[KerasTensor, KerasTensor]:
    """Embed tokens.

    Args:
        words: ids ``(b, l)`` int32, with the size of their vocabulary.
        options: see ``TokenOptions``.
        positions: whether a learned vector is added to each position.

    Returns:
        vectors ``(b, l, d)`` float32, zero at padding, and the mask ``(b, l)`` bool, True at words.
    """
    tokens, known = words.tensor, words.spec.facts.size
    size = min(options.vocabulary + UNKNOWN + 1, known)
    mask = ops.not_equal(tokens, 0)
    if size < known:
        tokens = ops.where(ops.less(tokens, size), tokens, UNKNOWN)
    if options.word_dropout > 0:
        tokens = WordDropout(options.word_dropout)(tokens)
    vectors = layers.Embedding(size, options.embedding_size)(tokens)
    if positions:
        vectors = TokenPositions()(vectors)
    if options.embedding_dropout > 0:
        vectors = layers.Dropout(options.embedding_dropout)(vectors)
    return vectors * _column(mask, vectors), mask


def masked_max(vectors: KerasTensor, mask: KerasTensor) -> KerasTensor:
    """Largest value of each feature over the words ``(b, d)``; 0 for texts without a word."""
    vectors = _precise(vectors)
    present = _column(mask, vectors)
    largest = ops.max(ops.where(ops.expand_dims(mask, -1), vectors, _NEVER), axis=1)
    return largest * ops.max(present, axis=1)


def masked_mean(vectors: KerasTensor, mask: KerasTensor) -> KerasTensor:
    """Mean of each feature over the words ``(b, d)``; 0 for texts without a word."""
    vectors = _precise(vectors)
    present = _column(mask, vectors)
    return ops.sum(vectors * present, axis=1) / ops.maximum(ops.sum(present, axis=1), 1.0)


def pool(vectors: KerasTensor, mask: KerasTensor, kind: str) -> KerasTensor:
    """One vector per text: ``max``, ``mean``, or ``both`` of them side by side."""
    if kind == "both":
        return ops.concatenate([masked_max(vectors, mask), masked_mean(vectors, mask)], axis=1)
    return masked_max(vectors, mask) if kind == "max" else masked_mean(vectors, mask)


@keras.saving.register_keras_serializable(package="automl")
class WordDropout(layers.Layer):
    """Replaces a share of words by the unknown word while training.

    Args:
        rate: share of words, in [0, 1).
        seed: of the choice; None draws one.
    """

    dials = dials_of_config = ("rate",)
    """What a compiled program can turn: attributes, and entries of the configuration."""

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, tokens: KerasTensor, training: bool = False) -> KerasTensor:
        """From ids ``(b, l)`` int32 to ids of the same shape; padding stays."""
        if not training:
            return tokens
        draw = keras.random.uniform(ops.shape(tokens), seed=self.generator)
        replaced = ops.logical_and(draw < self.rate, ops.not_equal(tokens, 0))
        return ops.where(replaced, ops.cast(UNKNOWN, tokens.dtype), tokens)

    def compute_output_spec(self, tokens: KerasTensor, training: bool = False) -> KerasTensor:
        """Shape and type of the ids, which stay."""
        return keras.KerasTensor(tokens.shape, dtype=tokens.dtype)

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


@keras.saving.register_keras_serializable(package="automl")
class TokenPositions(layers.Layer):
    """Adds a learned vector to each position, as in BERT (Devlin et al., 2019)."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the table of positions ``(l, d)``."""
        self.table = self.add_weight(
            shape=tuple(input_shape[1:]),
            initializer=keras.initializers.TruncatedNormal(stddev=0.02),
            name="table",
        )

    def call(self, vectors: KerasTensor) -> KerasTensor:
        """From vectors ``(b, l, d)`` to vectors of the same shape."""
        return vectors + ops.cast(self.table, vectors.dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Shape of the vectors, which stays."""
        return input_shape


def _precise(vectors: KerasTensor) -> KerasTensor:
    """In float32: float16 has no -1e9, and in bfloat16 a sum of ones ends at 256."""
    return vectors if vectors.dtype == "float32" else ops.cast(vectors, "float32")


def _column(mask: KerasTensor, like: KerasTensor) -> KerasTensor:
    return ops.expand_dims(ops.cast(mask, like.dtype), -1)
