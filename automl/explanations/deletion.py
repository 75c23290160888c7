"""Deletion: what a method says matters most is taken away first, and the answer should go with it.

Samek et al., "Evaluating the visualization of what a deep neural network has learned", 2017; Petsiuk, Das
and Saenko, "RISE", 2018. An order at random is what a method has to beat.

Symbols: n examples, b blocks of pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.seeds import derive
from automl.core.targets import held_rows
from automl.explanations.attribution import Attribution
from automl.explanations.method import Subject
from automl.explanations.pieces import Pieces, block_numbers
from automl.explanations.quantity import Quantity, quantity_of

SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
"""Of all blocks, that are taken away."""

SHUFFLES = 5
"""Orders at random that are averaged."""


@dataclass(frozen=True, kw_only=True)
class Deletion:
    """What is left of answers.

    Attributes:
        shares: of the blocks that were taken away.
        by_method: share that is left of a probability, or of the way from the answer for nothing to a
            value, the most important blocks gone first.
        at_random: the same, in orders at random.
    """

    shares: tuple[float, ...]
    by_method: tuple[float, ...]
    at_random: tuple[float, ...]

    @property
    def gain(self) -> float:
        """How much sooner answers go than at random: the area between the curves, 0 for no sooner."""
        return float(np.trapezoid(np.subtract(self.at_random, self.by_method), self.shares))


@dataclass(frozen=True, kw_only=True)
class _Blocks:
    """The pieces of one example in blocks, of all its inputs.

    Attributes:
        example: raw inputs, of one example.
        numbers: in which block each piece of an input is; blocks are counted over all inputs.
        values: attribution of each block ``(b,)``.
    """

    example: Mapping[str, Any]
    numbers: Mapping[str, np.ndarray]
    values: np.ndarray

    def without(self, pieces: Mapping[str, Pieces], gone: np.ndarray) -> dict[str, Any]:
        """The example without some blocks ``(b,) bool``."""
        return {
            name: pieces[name].without(self.example[name], gone[numbers])
            for name, numbers in self.numbers.items()
        }


def deletion_of(subject: Subject, pieces: Mapping[str, Pieces], found: Sequence[Attribution]) -> Deletion:
    """Take the pieces of examples away, by their attributions and at random.

    Args:
        subject: the model that is asked.
        pieces: how inputs are taken apart.
        found: attributions of some examples.
    """
    random = np.random.default_rng(derive(subject.seed, "deletion"))
    left = np.zeros((1 + SHUFFLES, len(SHARES)))
    for each in found:
        left += _left(subject, pieces, _blocks(subject, pieces, each), random)
    left /= np.maximum(left[:, :1], 1e-12)
    return Deletion(
        shares=SHARES,
        by_method=tuple(left[0].tolist()),
        at_random=tuple(left[1:].mean(axis=0).tolist()),
    )


def _blocks(subject: Subject, pieces: Mapping[str, Pieces], each: Attribution) -> _Blocks:
    example = {
        name: values[0] for name, values in held_rows(subject.examples.inputs, np.array([each.row])).items()
    }
    numbers, values, count = {}, [], 0
    for name, item in pieces.items():
        shape, found = item.shape(example[name]), each.parts[name]
        own = block_numbers(item, shape)
        # of an input whose pieces have no attributions of their own all have the same
        spread = found if found.shape == shape else np.full(shape, float(found.sum()) / max(own.size, 1))
        values.append(np.bincount(own.reshape(-1), weights=spread.reshape(-1)))
        numbers[name] = own + count
        count += len(values[-1])
    return _Blocks(example=example, numbers=numbers, values=np.concatenate(values))


def _left(
    subject: Subject, pieces: Mapping[str, Pieces], blocks: _Blocks, random: np.random.Generator
) -> np.ndarray:
    """What is left of one answer ``(orders, shares)``.

    A probability falls without what speaks for it; a value goes where it is for nothing, up or down.
    """
    count = len(blocks.values)
    nothing = [np.zeros(count, bool), np.ones(count, bool)]
    (first, last), quantity = _scores(subject, pieces, blocks, nothing)
    sign, end = (1.0, 0.0) if quantity.chances else (1.0 if first >= last else -1.0, last)
    orders = [np.argsort(-sign * blocks.values, kind="stable")]
    orders += [random.permutation(count) for _ in range(SHUFFLES)]
    gone = [_first(order, share) for order in orders for share in SHARES]
    scores = _scores(subject, pieces, blocks, gone)[0].reshape(len(orders), len(SHARES))
    return np.asarray(sign * (scores - end))


def _first(order: np.ndarray, share: float) -> np.ndarray:
    gone = np.zeros(len(order), bool)
    gone[order[: round(share * len(order))]] = True
    return gone


def _scores(
    subject: Subject, pieces: Mapping[str, Pieces], blocks: _Blocks, gone: Sequence[np.ndarray]
) -> tuple[np.ndarray, Quantity]:
    """The number that is explained, with some blocks gone ``(n,)``; the whole answer says which one."""
    whole = [blocks.without(pieces, np.zeros(len(blocks.values), bool))]
    changed = whole + [blocks.without(pieces, each) for each in gone]
    predictions = subject.predict(stacked(changed, subject.examples.inputs))
    quantity = quantity_of(subject.task, predictions)
    chosen = np.repeat(quantity.chosen(predictions)[:1], len(changed))
    return quantity.of(predictions, chosen)[1:], quantity


def stacked(examples: Sequence[Mapping[str, Any]], like: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return single examples as arrays by name, of the types that raw inputs have."""
    made = {}
    for name, values in like.items():
        if values.dtype == object:
            made[name] = np.array([str(each[name]) for each in examples], dtype=object)
        else:
            made[name] = np.stack([np.asarray(each[name], values.dtype) for each in examples])
    return made
