"""What the last few tokens say of the next one: counts, smoothed by those of shorter contexts.

Witten-Bell smoothing (Witten and Bell, 1991) as interpolation (Chen and Goodman, 1999):

    P(w | h) = (c(h, w) + t(h) * P(w | h')) / (c(h) + t(h))

h  the last k - 1 tokens, h'  h without its first, c  counts in training, t  different tokens seen after h
V  size of the vocabulary, k  order, n  windows, L  tokens that each predicts
"""

from __future__ import annotations

import numpy as np

from automl.core.tokens import PADDING

ORDER = 5
_ROOM = 2**62


def witten_bell(text: np.ndarray, size: int, windows: np.ndarray, order: int = ORDER) -> np.ndarray:
    """Return the surprise at each token of windows but the first ``(n, L) float64``, in nats; 0 at padding.

    Args:
        text: ids of the training part, end to end ``(T,)``.
        size: V.
        windows: ids ``(n, L + 1)``; contexts do not reach out of them.
        order: k at most; lower where so many tokens at once are no number of 64 bits.
    """
    text, windows = text.astype(np.int64), windows.astype(np.int64)
    chance = np.full((len(windows), windows.shape[1] - 1), 1.0 / size)
    for length in range(1, order + 1):
        if size**length > _ROOM or length > min(len(text), windows.shape[1]):
            break
        first = max(1, length - 1)  # place of the first token with so long a context
        asked = _grams(windows, length, size)[:, first - length + 1 :]
        shorter = chance[:, first - 1 :]
        chance[:, first - 1 :] = _interpolated(_grams(text, length, size), asked, size, shorter)
    return np.where(windows[:, 1:] == PADDING, 0.0, -np.log(chance))


def _interpolated(seen: np.ndarray, asked: np.ndarray, size: int, shorter: np.ndarray) -> np.ndarray:
    """Chances of the last tokens of k-grams ``asked``, given those in the context shorter by one."""
    grams, counts = np.unique(seen, return_counts=True)
    contexts, begins, types = np.unique(grams // size, return_index=True, return_counts=True)
    totals = np.add.reduceat(counts, begins)
    place, known = _found(contexts, asked // size)
    total, kinds = np.where(known, totals[place], 0), np.where(known, types[place], 1)
    at, there = _found(grams, asked)
    return np.asarray((np.where(there, counts[at], 0) + kinds * shorter) / (total + kinds))


def _found(ordered: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where values stand among ordered ones, and whether they do."""
    place = np.searchsorted(ordered, asked).clip(max=len(ordered) - 1)
    return place, ordered[place] == asked


def _grams(ids: np.ndarray, length: int, size: int) -> np.ndarray:
    """Each stretch of so many ids as one number ``(..., T - length + 1)``."""
    count = ids.shape[-1] - length + 1
    whole = np.zeros((*ids.shape[:-1], count), np.int64)
    for place in range(length):
        whole = whole * size + ids[..., place : place + count]
    return whole
