"""Siamese networks: both texts are read by one encoder, and their vectors compared.

The encoder is a bag of words (Iyyer et al., 2015), a convolution (Kim, 2014), a recurrent layer or a
Transformer block, pooled over the words; the vectors a and b are joined as [a; b; |a - b|; a * b]
(Conneau et al., 2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.pair_blocks import (
    RECURRENT,
    PairOptions,
    Words,
    look_at_both,
    pool_words,
    read_words,
    recurrent,
    transformed,
)

if TYPE_CHECKING:
    from keras import KerasTensor

KERNELS = (1, 2, 3)
"""Widths of the convolutions in words."""


@dataclass(frozen=True, kw_only=True)
class SiameseOptions(PairOptions):
    """Shape of the network.

    Attributes:
        encoder: ``bag``, ``cnn``, ``lstm``, ``gru`` or ``transformer``.
        units: features of a word behind the encoder; of a recurrent layer in each direction, of a
            convolution for each width of kernel.
        pooling: ``max``, ``mean`` or ``both`` over the words, or ``difference``; see ``pool_words``.
        block_dropout: share dropped in a Transformer block.
    """

    encoder: str = "bag"
    units: int = 64
    pooling: str = "both"
    block_dropout: float = 0.1


def build(inputs: Inputs, options: SiameseOptions) -> Features:
    """Build from ``pair (n, 2, l)`` and perhaps ``pair_marks (n, 2, l, m)`` to ``vector``."""
    words = read_words(inputs, options)
    texts = pool_words(_encoded(words, options), words, options.pooling)
    return {"vector": look_at_both(texts, words, options)}


def _encoded(words: Words, options: SiameseOptions) -> KerasTensor:
    if options.encoder in RECURRENT:
        return recurrent(words.vectors, words.mask, options.encoder, options.units)
    if options.encoder == "transformer":
        return transformed(words.vectors, words.mask, options.units, options.block_dropout)
    if options.encoder == "cnn":
        found = [
            layers.Conv1D(options.units, size, padding="same", activation="relu")(words.vectors)
            for size in KERNELS
        ]
        return layers.Concatenate()(found)
    return layers.Dense(options.units, activation="relu")(words.vectors)


FAMILY = Family(
    name="pairs/siamese",
    slots=(Slot(kind="pair", least=1), Slot(kind="pair_marks", alone=False)),
    gives=("vector",),
    options=SiameseOptions,
    build=build,
)
