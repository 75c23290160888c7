"""Blocks of networks over pairs of texts: word vectors with marks, joining, attending to the other text.

    n  pairs, l  words of a text, d  length of a word's vector, m  marks, f  features

Tensors of both texts are ``(n, 2, ...)``, or ``(2 n, ...)`` where a layer takes one text at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from keras import layers, ops

from automl.core.tensors import Bound, Inputs
from automl.models.layers.attention import encoder_block
from automl.models.layers.text_tokens import TokenOptions, TokenPositions, embed_tokens, pool

if TYPE_CHECKING:
    from keras import KerasTensor

HEADS = 4
"""Of a Transformer block, as in ``text/transformer``."""

RECURRENT = {"lstm": layers.LSTM, "gru": layers.GRU}


@dataclass(frozen=True, kw_only=True)
class PairOptions(TokenOptions):
    """What families over pairs share.

    Attributes:
        marks: whether a word's vector also says what the word finds of itself in the other text.
        overlap: whether the network also sees how much the texts share, beside what it reads.
        symmetric: whether the order of the texts counts for nothing, as in paraphrase.
        width: units of the layer that looks at both texts.
        dropout: share dropped before and after that layer.
    """

    marks: bool = True
    overlap: bool = True
    symmetric: bool = False
    width: int = 64
    dropout: float = 0.3


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of both texts.

    Attributes:
        vectors: ``(2 n, l, d)``, zero at padding.
        mask: ``(2 n, l)`` bool, True at words.
        marks: ``(n, 2, l, m)``, or None.
    """

    vectors: KerasTensor
    mask: KerasTensor
    marks: KerasTensor | None


def read_words(inputs: Inputs, options: PairOptions) -> Words:
    """Embed the words of both texts, with one table for both."""
    pair, marks = inputs.one("pair"), inputs.get("pair_marks")
    length = pair.spec.shape[-1]
    one = Bound(tensor=ops.reshape(pair.tensor, (-1, length)), spec=replace(pair.spec, shape=(length,)))
    vectors, mask = embed_tokens(one, options)
    given = None if marks is None else marks.tensor
    if given is not None and options.marks:
        each = ops.cast(ops.reshape(given, (-1, length, given.shape[-1])), vectors.dtype)
        vectors = ops.concatenate([vectors, each], axis=-1)
    return Words(vectors=vectors, mask=mask, marks=given)


def apart(vectors: KerasTensor) -> KerasTensor:
    """From ``(2 n, ...)`` to ``(n, 2, ...)``."""
    return ops.reshape(vectors, (-1, 2, *vectors.shape[1:]))


def together(vectors: KerasTensor) -> KerasTensor:
    """From ``(n, 2, ...)`` to ``(2 n, ...)``."""
    return ops.reshape(vectors, (-1, *vectors.shape[2:]))


def recurrent(vectors: KerasTensor, mask: KerasTensor, cell: str, units: int) -> KerasTensor:
    """Read texts ``(2 n, l, d)`` forwards and backwards: ``(2 n, l, 2 units)``."""
    layer = layers.Bidirectional(RECURRENT[cell](units, return_sequences=True))
    return layer(vectors, mask=mask)


def transformed(
    vectors: KerasTensor,
    mask: KerasTensor,
    units: int,
    dropout: float,
    *,
    joint: bool = False,
    ordered: bool = True,
) -> KerasTensor:
    """Read texts ``(2 n, l, d)`` by a Transformer block (Vaswani et al., 2017): ``(2 n, l, units)``.

    Args:
        vectors: of the words.
        mask: ``(2 n, l)`` bool.
        units: features of a word.
        dropout: share dropped in the block.
        joint: whether every word attends to both texts, as in BERT (Devlin et al., 2019); else to its own.
        ordered: whether a word then knows in which text it stands, by the vector of its place.
    """
    length = vectors.shape[1]
    placed = layers.Dense(units)(vectors)
    placed = together(TokenPositions()(apart(placed))) if joint and ordered else TokenPositions()(placed)
    if joint:
        placed = ops.reshape(placed, (-1, 2 * length, units))
        mask = ops.reshape(mask, (-1, 2 * length))
    read = layers.LayerNormalization()(encoder_block(placed, mask, heads=HEADS, dropout=dropout))
    return ops.reshape(read, (-1, length, units))


def pool_words(vectors: KerasTensor, words: Words, kind: str) -> KerasTensor:
    """One vector per text ``(n, 2, f)`` of words ``(2 n, l, d)``.

    Args:
        vectors: of the words, behind an encoder.
        words: what they are made of.
        kind: as ``text_tokens.pool`` takes it, or ``difference``: words that the other text lacks are
            summed, for each may decide by itself, and beside it is the mean of those that it has.
    """
    if kind != "difference":
        return apart(pool(vectors, words.mask, kind))
    each = ops.cast(apart(vectors), "float32")
    real = ops.cast(apart(words.mask), "float32")[..., None]
    same = real * 0.0 if words.marks is None else ops.cast(words.marks[..., :1], "float32")
    found = ops.sum(each * same, axis=2) / ops.maximum(ops.sum(same, axis=2), 1.0)
    return ops.concatenate([ops.sum(each * real * (1.0 - same), axis=2), found], axis=-1)


def look_at_both(texts: KerasTensor, words: Words, options: PairOptions) -> KerasTensor:
    """Join the vectors of both texts ``(n, 2, f)`` to one of the pair ``(n, width)``.

    [a; b; |a - b|; a * b] as in InferSent (Conneau et al., 2017), and what the texts share; a symmetric
    network takes the mean of both orders.
    """
    shared = overlap(words.mask, words.marks) if options.overlap and words.marks is not None else None
    layer = layers.Dense(options.width, activation="relu")

    def look(first: int, second: int) -> KerasTensor:
        a, b = texts[:, first], texts[:, second]
        joined = _drop(ops.concatenate([a, b, ops.abs(a - b), a * b], axis=1), options.dropout)
        if shared is not None:
            given = [ops.cast(shared[:, place], joined.dtype) for place in (first, second)]
            joined = ops.concatenate([joined, *given], axis=1)
        return layer(joined)

    seen = (look(0, 1) + look(1, 0)) / 2 if options.symmetric else look(0, 1)
    return _drop(seen, options.dropout)


def overlap(mask: KerasTensor, marks: KerasTensor) -> KerasTensor:
    """How much of each text is in the other one ``(n, 2, 9)``, each about 1 in size.

    Share of words that are there, and of pairs of words; how alike those spelled most alike are, in the
    mean and at the least; the same with rare words counting more; how many words there are; how many, and
    how rare ones, are missing there.
    """
    real = ops.cast(apart(mask), "float32")
    same, alike, rarity, behind = (ops.cast(marks[..., place], "float32") for place in range(4))
    count = ops.maximum(ops.sum(real, axis=2), 1.0)
    weight = ops.maximum(ops.sum(rarity, axis=2), 1e-6)
    missing = (1.0 - same) * real
    told = [
        ops.sum(same, axis=2) / count,
        ops.sum(behind, axis=2) / count,
        ops.sum(alike, axis=2) / count,
        ops.min(alike + (1.0 - real), axis=2),
        ops.sum(same * rarity, axis=2) / weight,
        ops.sum(alike * rarity, axis=2) / weight,
        ops.log(count + 1.0) / 3.0,
        ops.log(ops.sum(missing, axis=2) + 1.0),
        ops.log(ops.sum(missing * rarity, axis=2) + 1.0),
    ]
    return ops.stack(told, axis=-1)


def _drop(vectors: KerasTensor, rate: float) -> KerasTensor:
    return layers.Dropout(rate)(vectors) if rate > 0 else vectors
