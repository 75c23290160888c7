"""Bytes of texts as sub-word tokens, within a model: the merges of ``core.subwords`` without any library.

n  texts, L  bytes of each, M  merges
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.subwords import BYTES, END, KINDS, SPACE, pieces_of
from automl.core.tokens import FIRST
from automl.tasks.places import to_front

_GONE = -1


@keras.saving.register_keras_serializable(package="automl")
class MergeBytes(keras.layers.Layer):
    """Merges bytes to sub-word tokens; the first byte of a text stays one by itself.

    All words of all texts are merged at once, one pair of each at a time: of its pairs the one that was
    learned first, of equals the first one. So it takes as many steps as the longest word has merges.

    Args:
        merges: pairs of tokens, in the order in which they were learned ``(M, 2)``.
    """

    def __init__(self, merges: Sequence[Sequence[int]], **kwargs: Any) -> None:
        super().__init__(**{"dtype": "int32", **kwargs})
        self.merges = tuple((int(first), int(second)) for first, second in merges)
        found = pieces_of(self.merges)
        self._size = len(found.pieces)
        keys = np.array([first * self._size + second for first, second in self.merges], np.int32)
        self._ranks = np.argsort(keys, kind="stable").astype(np.int32)
        self._keys = keys[self._ranks]
        self._made = np.array(found.made, np.int32)[self._ranks]

    def call(self, ids: KerasTensor) -> KerasTensor:
        """From bytes ``(n, L)`` to tokens ``(n, L, 1) int32``, padding behind both."""
        tokens = ops.cast(ids, "int32") - FIRST
        tokens = ops.where(tokens < 0, _GONE, tokens)
        if self.merges:
            tokens = self._merged(tokens)
        return to_front(tokens + FIRST, tokens != _GONE, ops)[:, :, None]

    def _merged(self, tokens: Any) -> Any:
        """Tokens at the place of their first byte, ``_GONE`` at those of the others."""
        length, words = tokens.shape[1], _words(tokens)
        places = ops.zeros_like(tokens) + ops.arange(length, dtype="int32")[None]

        def step(again: Any, tokens: Any, before: Any, after: Any) -> Any:
            right = ops.minimum(after, length - 1)
            found, mergeable = self._pairs(tokens, right, after < length, words)
            merges = _best(ops.take(self._ranks, found, axis=0), mergeable, words, places)
            gone = ops.logical_and(tokens != _GONE, _at(merges, before))
            gone = ops.logical_and(gone, places > 0)
            tokens = ops.where(merges, ops.take(self._made, found, axis=0), tokens)
            tokens = ops.where(gone, _GONE, tokens)
            return (
                ops.any(mergeable),
                tokens,
                ops.where(_at(gone, before), _at(before, before), before),
                ops.where(merges, _at(after, right), after),
            )

        start = (ops.convert_to_tensor(True), tokens, ops.maximum(places - 1, 0), places + 1)
        return ops.while_loop(lambda again, *_: again, step, start)[1]

    def _pairs(self, tokens: Any, right: Any, inside: Any, words: Any) -> tuple[Any, Any]:
        """Of each token and the next one: where their merge stands, and whether they have one."""
        following = _at(tokens, right)
        keys = tokens * self._size + following
        last = len(self._keys) - 1
        found = ops.searchsorted(ops.convert_to_tensor(self._keys), ops.reshape(keys, (-1,)))
        found = ops.reshape(ops.minimum(ops.cast(found, "int32"), last), ops.shape(keys))
        real = ops.logical_and(ops.logical_and(tokens != _GONE, following != _GONE), inside)
        known = ops.logical_and(ops.take(self._keys, found, axis=0) == keys, _at(words, right) == words)
        return found, ops.logical_and(real, known)

    def front(self) -> dict[str, Any]:
        """What becomes of the bytes, see ``automl.formats.cut``."""
        made = pieces_of(self.merges).made
        merges = [[*pair, token] for pair, token in zip(self.merges, made, strict=True)]
        return {"kind": "ends", "merges": merges, "kinds_of_bytes": list(KINDS)}

    def compute_output_spec(self, ids: KerasTensor) -> KerasTensor:
        """Shape and type of the tokens."""
        return KerasTensor((*ids.shape[:2], 1), dtype="int32")

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        return {**super().get_config(), "merges": [list(pair) for pair in self.merges]}


def _words(tokens: Any) -> Any:
    """The number of the word of each byte ``(n, L)``, counted through all texts."""
    kinds = ops.take(np.array([*KINDS, END], np.int32), ops.where(tokens == _GONE, BYTES, tokens), axis=0)
    before, after = kinds[:, :-1], kinds[:, 1:]
    joins = ops.logical_and(ops.logical_or(before == after, tokens[:, :-1] == SPACE), after != END)
    starts = ops.cast(ops.logical_not(joins), "int32")
    # the first byte is a word by itself, so one begins at the second place
    ahead = ops.ones_like(tokens[:, :1])
    starts = ops.concatenate([ahead, ahead, starts[:, 1:]], axis=1)
    count = ops.shape(tokens)[0] * tokens.shape[1]
    return ops.reshape(ops.cumsum(ops.reshape(starts, (count,))), ops.shape(tokens)) - 1


def _best(ranks: Any, mergeable: Any, words: Any, places: Any) -> Any:
    """Of the pairs of each word the one that is merged ``(n, L) bool``."""
    length = ranks.shape[1]
    order = ops.where(mergeable, ranks * length + places, np.iinfo(np.int32).max)
    count = ops.shape(ranks)[0] * length
    flat = ops.reshape(words, (count,))
    least = -ops.segment_max(-ops.reshape(order, (count,)), flat, num_segments=count)
    return ops.logical_and(mergeable, order == ops.reshape(ops.take(least, flat, axis=0), ops.shape(order)))


def _at(values: Any, places: Any) -> Any:
    return ops.take_along_axis(values, places, axis=1)
