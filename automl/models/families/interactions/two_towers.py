"""Two towers: a network of users and one of items, whose vectors' product scores (Yi et al., 2019).

A user is the sum of the items that they have dealt with (Covington et al., 2016) and of what is known of
them, so a new one needs no new training. An item has a vector of its own and those of what is known of it.
Training asks for items that are hidden from the user's tower, among those that are asked of other users in
the batch, so the towers need not read every item in every step.

n  users, k  items that a user is known by, p  items asked for, I  items, f  length of a vector
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from keras import KerasTensor, layers, ops

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.id_vectors import FeatureVectors
from automl.models.layers.retrieval import (
    EveryItem,
    HiddenItems,
    ItemSoftmax,
    ItemVectors,
    LatestItems,
    Sharpened,
)


@dataclass(frozen=True, kw_only=True)
class TwoTowersOptions:
    """Hyperparameters.

    Attributes:
        size: f.
        width: units of a tower's hidden layers.
        depth: how many of these there are; 0 for none but the vectors themselves.
        dropout: share of their units left out.
        history: k at most, the latest.
        left_out: share of a user's items that are hidden, and may be asked for.
        cold: share of the users of whom all are, where anything else is known of users.
        asked: p.
        negatives: what an item competes with: items asked of the other users in the batch, ``in_batch``, or
            ``all``.
        cosine: whether vectors have length 1, or any.
        temperature: that cosines are divided by.
    """

    size: int = 128
    width: int = 128
    depth: int = 0
    dropout: float = 0.0
    history: int = 500
    left_out: float = 0.5
    cold: float = 0.1
    asked: int = 32
    negatives: Literal["in_batch", "all"] = "in_batch"
    cosine: bool = False
    temperature: float = 0.1


def build(inputs: Inputs, options: TwoTowersOptions) -> Features:
    """Give ``trained_item_scores``: scores ``(n, I)`` and the loss of each user ``(n, 1)``."""
    history, known = inputs.one("history"), inputs.get("user_features")
    facts = history.spec.facts
    items = facts.size - 1
    numbers = LatestItems(options.history, items)(history.tensor)
    cold = options.cold if known is not None else 0.0
    left, asked = HiddenItems(options.asked, options.left_out, cold)(numbers)
    table = ItemVectors(items, options.size, sizes=facts.sizes, codes=facts.codes)
    user = _together(table(left), left)
    if known is not None:
        user = user + FeatureVectors(known.spec.facts.sizes, options.size)(known.tensor)
    user = _ended(_through(_tower(options), user), None, options)
    of_items = _Items(table, ItemVectors(items, 1, deviation=0.0), _tower(options), options)
    every = EveryItem(items)(numbers)
    vectors = of_items(every)
    wanted = of_items(asked)
    among = (wanted, asked) if options.negatives == "in_batch" else (vectors, every)
    loss = ItemSoftmax(facts.counts if options.negatives == "in_batch" else ())
    scores = ops.matmul(user, ops.transpose(ops.squeeze(vectors, 0)))
    return {"trained_item_scores": (scores, loss([user, wanted, asked, *among]))}


class _Items:
    """The tower of items.

    Args:
        table: vectors of items.
        biases: the same of length 1.
        tower: its layers.
        options: hyperparameters.
    """

    def __init__(
        self, table: Any, biases: Any, tower: Sequence[layers.Layer], options: TwoTowersOptions
    ) -> None:
        self._table, self._biases, self._tower, self._options = table, biases, tower, options

    def __call__(self, numbers: KerasTensor) -> KerasTensor:
        """From numbers ``(a, b)`` to vectors ``(a, b, f + 1)``, a bias behind."""
        return _ended(_through(self._tower, self._table(numbers)), self._biases(numbers), self._options)


def _together(vectors: KerasTensor, numbers: KerasTensor) -> KerasTensor:
    """Vectors of a user's items ``(n, k, f)`` as one ``(n, f)``: the sum over the root of how many."""
    count = ops.sum(ops.cast(numbers > 0, vectors.dtype), axis=1, keepdims=True)
    return ops.sum(vectors, axis=1) / ops.sqrt(ops.maximum(count, 1.0))


def _tower(options: TwoTowersOptions) -> list[layers.Layer]:
    if not options.depth:
        return []
    hidden: list[layers.Layer] = []
    for _ in range(options.depth):
        hidden.append(layers.Dense(options.width, activation="relu"))
        hidden += [layers.Dropout(options.dropout)] if options.dropout > 0 else []
    return [*hidden, layers.Dense(options.size)]


def _through(tower: Sequence[layers.Layer], vectors: KerasTensor) -> KerasTensor:
    """What a tower adds to vectors, and the vectors."""
    changed = vectors
    for layer in tower:
        changed = layer(changed)
    return changed + vectors if tower else vectors


def _ended(vectors: KerasTensor, biases: KerasTensor | None, options: TwoTowersOptions) -> KerasTensor:
    """Vectors with what the product adds up behind them: the bias of an item, 1 of a user."""
    last = ops.ones_like(vectors[..., :1]) if biases is None else biases
    if options.cosine:
        vectors = layers.UnitNormalization()(vectors)
        if biases is None:
            vectors = Sharpened(options.temperature)(vectors)
    return layers.Concatenate()([vectors, last])


FAMILY = Family(
    name="interactions/two_towers",
    slots=(Slot(kind="history", least=1), Slot(kind="user_features", alone=False)),
    gives=("trained_item_scores",),
    options=TwoTowersOptions,
    build=build,
)
