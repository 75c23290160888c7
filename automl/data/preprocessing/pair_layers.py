"""What each word of a text finds in another text: itself, a word spelled alike, its neighbours.

Words are compared by their letters, so a word that training has never seen is found as well, and so are
forms of one word ("bike", "biker") in any language.

    n  pairs, l  words of a text, c  letters of a text, d  bits of a spelling
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

BITS = 64
"""d: the similarity of unrelated words is 0, give or take one over its root."""

SAME = 0.999
"""Similarity from which two words are the same."""

AT_ONCE = 64
"""Letters whose signs are in memory at once: those of 500 letters of 3,000 pairs would take 800 MB."""

MARKS = 5
"""Numbers that are told of each word; see ``PairMarks``."""

_ODD = (-1640531535, -2048144777, -1028477379, 668265263)
"""Constants of a mixing of integers (those of xxHash: Collet, 2012), as signed ones."""


@keras.saving.register_keras_serializable(package="automl")
class StackPair(keras.layers.Layer):
    """Ids of two texts, each ``(n, length)``, as one tensor ``(n, 2, length) int32``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "int32", **kwargs})

    def call(self, texts: Sequence[KerasTensor]) -> KerasTensor:
        """Put one text on the other."""
        return ops.stack([ops.cast(text, "int32") for text in texts], axis=1)

    def compute_output_spec(self, texts: Sequence[KerasTensor]) -> KerasTensor:
        """Shape and type of the ids."""
        rows, length = texts[0].shape
        return KerasTensor((rows, 2, length), dtype="int32")


@keras.saving.register_keras_serializable(package="automl")
class Spelling(keras.layers.Layer):
    """Vectors of words of which those spelled alike are alike: letters ``(n, 2, c)`` to ``(n, 2, l, d)``.

    A word is the sum of random signs that stand for its runs of one to four letters, of length 1: the
    product of two such vectors is about the share of runs that the words have in common (random
    projections: Charikar, 2002).

    Args:
        words: l.
        blanks: ids of letters that stand between words; none where each letter is a word.
    """

    def __init__(self, words: int, blanks: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.words, self.blanks = words, tuple(blanks)

    def call(self, letters: KerasTensor) -> KerasTensor:
        """Sum the runs of each word."""
        inside = ops.not_equal(letters, 0)
        for blank in self.blanks:
            inside = ops.logical_and(inside, ops.not_equal(letters, blank))
        codes = ops.where(inside, letters, 0)
        runs = _runs(codes) if self.blanks else [codes]
        # no word has that number; ONNX counts those below 0 from the end
        words = ops.where(inside, self._words(inside), self.words)
        summed = sum(
            self._of_words(
                words[:, :, start : start + AT_ONCE], [run[:, :, start : start + AT_ONCE] for run in runs]
            )
            for start in range(0, letters.shape[2], AT_ONCE)
        )
        length = ops.sqrt(ops.sum(ops.square(summed), axis=-1, keepdims=True))
        return summed / ops.maximum(length, 1e-6)

    def _of_words(self, words: KerasTensor, runs: Sequence[KerasTensor]) -> KerasTensor:
        """Sum the signs of runs ``(n, 2, some)`` by the words that they belong to."""
        total = sum(_signs(run) for run in runs)
        member = ops.one_hot(words, self.words, dtype="float32")
        return ops.matmul(ops.swapaxes(member, 2, 3), total)

    def _words(self, inside: KerasTensor) -> KerasTensor:
        """Which word each letter belongs to ``(n, 2, c)``; any number between words."""
        if not self.blanks:
            return ops.broadcast_to(ops.arange(inside.shape[2], dtype="int32"), ops.shape(inside))
        starts = ops.logical_and(inside, ops.logical_not(_moved(inside, 1)))
        return ops.cumsum(ops.cast(starts, "int32"), axis=2) - 1

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """``(n, 2, l, d)``."""
        return (input_shape[0], 2, self.words, BITS)

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        return {**super().get_config(), "words": self.words, "blanks": list(self.blanks)}


@keras.saving.register_keras_serializable(package="automl")
class PairMarks(keras.layers.Layer):
    """What each word finds in the other text: ``(n, 2, l, MARKS)``.

    Of words ``(n, 2, l) int32``, their spelling ``(n, 2, l, d)`` and their rarity ``(n, 2, l, 1)``: whether
    the word is there; how alike the one spelled most alike is; the rarity; whether it is there behind the
    word that stands before it here, and ahead of the one that stands behind it here. 0 at padding.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, tensors: Sequence[KerasTensor]) -> KerasTensor:
        """Compare every word with every word of the other text."""
        words, spelling, rarity = tensors
        real = ops.cast(ops.not_equal(words, 0), "float32")
        alike = ops.matmul(spelling[:, 0], ops.swapaxes(spelling[:, 1], 1, 2))
        alike = alike * real[:, 0, :, None] * real[:, 1, None, :]
        same = ops.cast(alike > SAME, "float32")
        behind = ops.pad(same[:, 1:, 1:] * same[:, :-1, :-1], [[0, 0], [1, 0], [1, 0]])
        ahead = ops.pad(same[:, :-1, :-1] * same[:, 1:, 1:], [[0, 0], [0, 1], [0, 1]])
        same, alike, behind, ahead = (_of_both(item) for item in (same, alike, behind, ahead))
        marks = ops.stack([same, alike, rarity[..., 0], behind, ahead], axis=-1)
        return marks * real[..., None]

    def compute_output_spec(self, tensors: Sequence[KerasTensor]) -> KerasTensor:
        """Shape and type of the marks."""
        return KerasTensor((*tensors[0].shape, MARKS), dtype="float32")


def _of_both(compared: KerasTensor) -> KerasTensor:
    """The most that each word of either text finds ``(n, 2, l)``, of ``(n, l, l)`` comparisons, from 0."""
    best = ops.stack([ops.max(compared, axis=2), ops.max(compared, axis=1)], axis=1)
    return ops.maximum(best, 0.0)


def _runs(codes: KerasTensor) -> list[KerasTensor]:
    """Codes of the runs around each letter: itself, and with one, two and three neighbours.

    A word's ends are letters of their own, 0.
    """
    before, behind = _moved(codes, 1), _moved(codes, -1)
    further = ops.where(ops.not_equal(behind, 0), _moved(codes, -2), 0)
    runs = ([codes], [codes, behind], [before, codes, behind], [before, codes, behind, further])
    mixed = []
    for run in runs:
        total = ops.full_like(codes, len(run))
        for letter in run:
            total = _mix(total * np.int32(31) + letter)
        mixed.append(total)
    return mixed


def _moved(letters: KerasTensor, places: int) -> KerasTensor:
    """Letters ``(n, 2, c)`` moved to the right, or to the left; what comes in is 0."""
    if places > 0:
        return ops.pad(letters[:, :, :-places], [[0, 0], [0, 0], [places, 0]])
    return ops.pad(letters[:, :, -places:], [[0, 0], [0, 0], [0, -places]])


def _mix(code: KerasTensor) -> KerasTensor:
    """Make codes ``int32`` look random; products wrap around."""
    for odd in _ODD[:2]:
        code = code * np.int32(odd)
        # the shift copies the sign into what comes in, which must be 0; LiteRT has no bitwise and
        moved = ops.right_shift(code, np.int32(15)) + ops.where(code < 0, np.int32(1 << 17), np.int32(0))
        code = ops.bitwise_xor(code, moved)
    return code


def _signs(codes: KerasTensor) -> KerasTensor:
    """``d`` signs, -1 and 1, for each code, as ``(..., d) float32``."""
    halves = [_mix(codes * np.int32(odd) + np.int32(1)) for odd in _ODD[2:]]
    shifts = np.arange(BITS // 2, dtype=np.int32)
    moved = [ops.right_shift(half[..., None], shifts) for half in halves]
    bits = [each - np.int32(2) * ops.right_shift(each, np.int32(1)) for each in moved]
    return ops.cast(ops.concatenate(bits, axis=-1), "float32") * 2.0 - 1.0
