"""Which raw input, and which word of a text, each number at the cut belongs to.

No layer is asked what it does: inputs are changed one by one, and what changes with one belongs to it.
Numbers that change with several, such as a pair of words, are shared by them.

Symbols: n examples, i inputs, w words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from automl.explanations.cut import Cut
from automl.explanations.pieces import Pieces

MOST_TOGETHER, MOST_BYTES = 2048, 100 << 20
"""Examples that are encoded in one call, and bytes of their raw inputs."""

MUCH = 0.5
"""Share of the largest change of a number from which a word owns it: weights of rare words are scaled to
the length of the whole text, so that each word changes all of them a little."""

TINY = 1e-6


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """Whose the numbers at a cut are.

    Attributes:
        cut: of the networks.
        pieces: how each input is taken apart, by name.
        shares: for each tensor at the cut the share of each input ``(i, ...)``, in the order of ``pieces``.
    """

    cut: Cut
    pieces: Mapping[str, Pieces]
    shares: tuple[np.ndarray, ...]

    def divided(self, example: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        """Return for each tensor which numbers belong to inputs of many pieces, such as texts ``(...)``."""
        many = [bool(item.shape(example[name][0])) for name, item in self.pieces.items()]
        return [share[np.array(many, bool)].sum(axis=0) > 0 for share in self.shares]

    def dealt(
        self, example: Mapping[str, np.ndarray], found: Sequence[np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Deal attributions of one example out to the pieces of its inputs.

        Args:
            example: raw inputs, of one example.
            found: attributions, one array for each tensor at the cut.
        """
        return {name: self._of_input(at, name, example, found) for at, name in enumerate(self.pieces)}

    def _of_input(
        self, at: int, name: str, example: Mapping[str, np.ndarray], found: Sequence[np.ndarray]
    ) -> np.ndarray:
        pieces, value = self.pieces[name], example[name][0]
        own = [values * share[at] for values, share in zip(found, self.shares, strict=True)]
        shape = pieces.shape(value)
        used = [
            place for place, share in enumerate(self.shares) if self.cut.varied[place] and share[at].any()
        ]
        if shape and pieces.names(value):
            shares = self._of_words(name, pieces, example, used)
            dealt = (
                (own[place] * part).reshape(len(part), -1).sum(axis=1)
                for place, part in zip(used, shares, strict=True)
            )
            return _with_rest(sum(dealt, np.zeros(shape)), own, used)
        if shape and all(own[place].shape[: len(shape)] == shape for place in used):
            parts = (own[place].reshape(*shape, -1).sum(axis=-1) for place in used)
            return sum(parts, np.zeros(shape))
        return np.asarray(sum(float(values.sum()) for values in own))

    def _of_words(
        self, name: str, pieces: Pieces, example: Mapping[str, np.ndarray], used: Sequence[int]
    ) -> list[np.ndarray]:
        """For each tensor that is used the share of each word ``(w, ...)``."""
        value = example[name][0]
        count = pieces.shape(value)[0]
        texts = [value, *(pieces.without(value, gone) for gone in np.eye(count, dtype=bool))]
        several = {key: np.repeat(values[:1], count + 1, axis=0) for key, values in example.items()}
        several[name] = np.array(texts, dtype=object)
        tensors = self.cut.tensors(self.cut.anatomy.encode(several))
        shares = []
        for place in used:
            change = np.abs(np.nan_to_num(tensors[place][1:] - tensors[place][:1]))
            largest = change.max(axis=0)
            owned = (change >= MUCH * largest) & (largest > TINY)
            shares.append(owned / np.maximum(owned.sum(axis=0), 1))
        return shares


def _with_rest(dealt: np.ndarray, own: Sequence[np.ndarray], used: Sequence[int]) -> np.ndarray:
    """Words that the model does not know change nothing when they go; what belongs to none is theirs."""
    rest = sum(float(own[place].sum()) for place in used) - float(dealt.sum())
    silent = dealt == 0
    return np.asarray(dealt + silent * rest / max(int(silent.sum()), 1))


def ownership_of(cut: Cut, pieces: Mapping[str, Pieces], inputs: Mapping[str, np.ndarray]) -> Ownership:
    """Find out whose the numbers at a cut are.

    Args:
        cut: of the networks.
        pieces: by name of each input.
        inputs: raw examples, two at least, with all that is to be explained among them.
    """
    names, rows = list(pieces), len(next(iter(inputs.values())))
    encode = cut.anatomy.encode
    base = cut.tensors(encode(inputs))
    if len(names) == 1:
        return Ownership(cut=cut, pieces=pieces, shares=tuple(np.ones((1, *b.shape[1:])) for b in base))
    width = sum(values.nbytes for values in inputs.values())
    size = max(1, min(MOST_TOGETHER // rows, MOST_BYTES // max(width, 1)))
    moving = [place for place, moves in enumerate(cut.varied) if moves]
    owned: dict[int, list[np.ndarray]] = {place: [] for place in moving}
    for first in range(0, len(names), size):
        some = names[first : first + size]
        changed = [{**inputs, name: np.roll(inputs[name], 1, axis=0)} for name in some]
        whole = {key: np.concatenate([each[key] for each in changed]) for key in inputs}
        found = cut.tensors(encode(whole))
        for place in moving:
            parts = found[place].reshape(len(some), rows, *base[place].shape[1:])
            moved = ~np.isclose(parts, base[place][None], rtol=1e-5, atol=TINY, equal_nan=True)
            owned[place] += list(moved.any(axis=1))
    shares = [np.zeros((len(names), *values.shape[1:])) for values in base]
    for place in moving:
        stacked = np.stack(owned[place]).astype(np.float64)
        shares[place] = stacked / np.maximum(stacked.sum(axis=0), 1)
    return Ownership(cut=cut, pieces=pieces, shares=tuple(shares))
