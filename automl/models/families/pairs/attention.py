"""Attention from each text to the other: what every word is compared with, and what comes of it.

Without a reader it is the decomposable attention model (Parikh et al., 2016); with recurrent layers before
and behind the comparison it is ESIM (Chen et al., 2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers, ops

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.attend_other import AttendOther
from automl.models.layers.pair_blocks import (
    RECURRENT,
    PairOptions,
    apart,
    look_at_both,
    pool_words,
    read_words,
    recurrent,
    together,
    transformed,
)

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class AttentionOptions(PairOptions):
    """Shape of the network.

    Attributes:
        reader: ``none``, ``lstm``, ``gru`` or ``joint``: what reads a text before its words are compared;
            ``joint`` is a Transformer block over both texts at once.
        composer: ``none``, ``lstm`` or ``gru``: what reads the comparisons of a text.
        units: features of a compared word, and of recurrent layers in each direction.
        pooling: ``max``, ``mean`` or ``both`` over the comparisons, or ``difference``; see ``pool_words``.
        compare_dropout: share of a comparison dropped in training.
        block_dropout: share dropped in a Transformer block.
    """

    reader: str = "none"
    composer: str = "none"
    units: int = 64
    pooling: str = "both"
    compare_dropout: float = 0.2
    block_dropout: float = 0.1


def build(inputs: Inputs, options: AttentionOptions) -> Features:
    """Build from ``pair (n, 2, l)`` and perhaps ``pair_marks (n, 2, l, m)`` to ``vector``."""
    words = read_words(inputs, options)
    vectors = words.vectors
    if options.reader in RECURRENT:
        vectors = recurrent(vectors, words.mask, options.reader, options.units)
    if options.reader == "joint":
        vectors = transformed(
            vectors,
            words.mask,
            options.units,
            options.block_dropout,
            joint=True,
            ordered=not options.symmetric,
        )
    queries = layers.Dense(options.units, activation="relu")(vectors)
    own = apart(vectors)
    other = AttendOther()([apart(queries), own, apart(words.mask)])
    compared = together(ops.concatenate([own, other, ops.abs(own - other), own * other], axis=-1))
    compared = layers.Dense(options.units, activation="relu")(_drop(compared, options.compare_dropout))
    if options.composer in RECURRENT:
        compared = _drop(compared, options.compare_dropout)
        compared = recurrent(compared, words.mask, options.composer, options.units)
    texts = pool_words(compared, words, options.pooling)
    return {"vector": look_at_both(texts, words, options)}


def _drop(vectors: KerasTensor, rate: float) -> KerasTensor:
    return layers.Dropout(rate)(vectors) if rate > 0 else vectors


FAMILY = Family(
    name="pairs/attention",
    slots=(Slot(kind="pair", least=1), Slot(kind="pair_marks", alone=False)),
    gives=("vector",),
    options=AttentionOptions,
    build=build,
)
