"""Texts that are nearly the same: they share most of their pieces of five characters.

How much two texts share is their Jaccard index; candidates are found by MinHash (Broder, 1997) in bands
(Gionis, Indyk and Motwani, 1999), so that not every text is compared with every other one.

Symbols: n texts, t pieces of all texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

PIECE = 5
"""Characters of a piece."""

ALIKE = 0.7
"""Share of their pieces that texts have in common from which they are nearly the same."""

BANDS, ROWS = 14, 4
"""Of the sketch: texts that share 0.7 of their pieces are candidates with a probability of 0.98."""

SHORTEST, LONGEST = 20, 2_000
"""Characters below which texts are compared as they are, since chance makes them alike, and that are
looked at."""

MOST_COMPARED = 50
"""Texts of one band that are compared with the first of them, for each text of it."""

_BASE = np.uint64(1_099_511_628_211)
"""Odd; of the polynomial of a piece (Karp and Rabin, 1987)."""


def plain_texts(texts: Sequence[str]) -> list[str]:
    """Return texts in lower case, with one blank between words: what differs beside that is the same."""
    return [" ".join(str(text)[: 2 * LONGEST].lower().split())[:LONGEST] for text in texts]


def alike_texts(texts: Sequence[str]) -> np.ndarray:
    """Return pairs of positions of texts that are nearly the same ``(p, 2) int64``.

    Args:
        texts: of ``plain_texts``, none of them twice.
    """
    long = np.array([at for at, text in enumerate(texts) if len(text) >= SHORTEST], np.int64)
    if len(long) < 2:
        return np.zeros((0, 2), np.int64)
    pieces, begins = _pieces([texts[at] for at in long])
    pairs = _candidates(_sketches(pieces, begins))
    ends = [*begins[1:], len(pieces)]
    known = [np.unique(pieces[first:last]) for first, last in zip(begins, ends, strict=True)]
    kept = [pair for pair in pairs.tolist() if _shared(known[pair[0]], known[pair[1]]) >= ALIKE]
    return long[np.array(kept, np.int64).reshape(-1, 2)]


def _pieces(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """A hash of each piece of each text ``(t,) uint64``, and where those of each text begin ``(n,)``."""
    joined = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    lengths = np.array([len(text) for text in texts])
    hashes = np.zeros(len(joined) - PIECE + 1, np.uint64)
    for offset in range(PIECE):
        hashes = hashes * _BASE + joined[offset : len(joined) - PIECE + 1 + offset]
    first = np.cumsum(lengths) - lengths
    inside = np.concatenate(
        [at + np.arange(size - PIECE + 1) for at, size in zip(first, lengths, strict=True)]
    )
    counts = lengths - PIECE + 1
    return hashes[inside], np.cumsum(counts) - counts


def _sketches(pieces: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """The smallest of the pieces of each text by several orders ``(n, BANDS * ROWS) uint64``."""
    random = np.random.default_rng(0)
    least = []
    for factor, shift in random.integers(1, 2**63, (BANDS * ROWS, 2)).astype(np.uint64):
        mixed = (pieces ^ shift) * (factor | np.uint64(1))
        mixed ^= mixed >> np.uint64(32)
        least.append(np.minimum.reduceat(mixed * _BASE, begins))
    return np.stack(least, axis=1)


def _candidates(sketches: np.ndarray) -> np.ndarray:
    """Pairs of texts that agree in a band ``(p, 2)``: each with the few before it in that band."""
    found = []
    for band in range(BANDS):
        part = np.ascontiguousarray(sketches[:, band * ROWS : (band + 1) * ROWS])
        codes = np.unique(part, axis=0, return_inverse=True)[1].reshape(-1)
        order = np.argsort(codes, kind="stable")
        for back in range(1, MOST_COMPARED):
            same = codes[order[back:]] == codes[order[:-back]]
            if not same.any():
                break
            found.append(np.stack([order[:-back][same], order[back:][same]], axis=1))
    return np.unique(np.concatenate(found), axis=0) if found else np.zeros((0, 2), np.int64)


def _shared(one: np.ndarray, other: np.ndarray) -> float:
    """Jaccard index of two sets of pieces."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)
