"""A Transformer encoder block with the normalisation in front (Xiong et al., 2020)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keras import layers, ops

if TYPE_CHECKING:
    from keras import KerasTensor


def encoder_block(
    vectors: KerasTensor,
    mask: KerasTensor | None = None,
    *,
    heads: int,
    feedforward: float = 2.0,
    dropout: float = 0.1,
    activation: str = "gelu",
) -> KerasTensor:
    """Self-attention and a feed-forward network, each added to its input.

    Args:
        vectors: ``(batch, length, width) float32``.
        mask: ``(batch, length)`` bool, True where there is something to attend to; None: everywhere.
        heads: attention heads; each has ``width / heads`` features, rounded up.
        feedforward: width of the hidden layer as a multiple of ``width``.
        dropout: share dropped of attention weights and of what is added.
        activation: of the hidden layer.

    Returns:
        vectors of the same shape.
    """
    width = int(vectors.shape[-1])
    normal = layers.LayerNormalization()(vectors)
    attention = layers.MultiHeadAttention(heads, -(-width // heads), dropout=dropout)
    attended = attention(normal, normal, attention_mask=None if mask is None else ops.expand_dims(mask, 1))
    vectors = vectors + layers.Dropout(dropout)(attended)
    hidden = layers.Dense(round(width * feedforward), activation=activation)(
        layers.LayerNormalization()(vectors)
    )
    return vectors + layers.Dropout(dropout)(layers.Dense(width)(hidden))
