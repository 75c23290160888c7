"""Self-attention over a user's items in the order of time (SASRec: Kang and McAuley, 2018).

A causal Transformer reads the latest items, and what it holds of the last one scores all items. At each it
learns to name the next, among some drawn from what users of the batch have dealt with. The paper's single
negative makes scores too sure of themselves (Petrov and Macdonald, 2023), a softmax over many does not
(Klenitskiy and Vasilev, 2023).

n  users, k  items that are read, I  items, s  drawn ones, f  length of a vector
"""

from __future__ import annotations

from dataclasses import dataclass

from keras import KerasTensor, layers, ops

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.causal_attention import CausalAttention
from automl.models.layers.retrieval import (
    AtLast,
    DrawnItems,
    EveryItem,
    ItemSoftmax,
    ItemVectors,
    LatestItems,
)


@dataclass(frozen=True, kw_only=True)
class SasrecOptions:
    """Hyperparameters.

    Attributes:
        size: f.
        depth: blocks.
        heads: of the attention of a block.
        dropout: share left out of vectors of items, and of what each block adds to them.
        history: k at most, the latest.
        negatives: s; 0 for all items.
    """

    size: int = 64
    depth: int = 2
    heads: int = 1
    dropout: float = 0.2
    history: int = 100
    negatives: int = 256


def build(inputs: Inputs, options: SasrecOptions) -> Features:
    """Give ``trained_item_scores``: scores ``(n, I)`` and the loss of each user ``(n, 1)``."""
    history = inputs.one("history")
    facts = history.spec.facts
    items = facts.size - 1
    numbers = LatestItems(options.history, items)(history.tensor)
    table = ItemVectors(items, options.size, sizes=facts.sizes, codes=facts.codes)
    biases = ItemVectors(items, 1, deviation=0.0)

    def scored(chosen: KerasTensor) -> KerasTensor:
        return layers.Concatenate()([table(chosen), biases(chosen)])

    states = _read(table(numbers), options)
    states = layers.Concatenate()([states, ops.ones_like(states[..., :1])])
    every = EveryItem(items)(numbers)
    vectors = scored(every)
    scores = ops.matmul(AtLast()([states, numbers]), ops.transpose(ops.squeeze(vectors, 0)))
    following = ops.pad(numbers[:, 1:], ((0, 0), (0, 1)))
    asked = [states, scored(following), following]
    if not options.negatives:
        return {"trained_item_scores": (scores, ItemSoftmax()([*asked, vectors, every]))}
    drawn = DrawnItems(options.negatives)(numbers)
    loss = ItemSoftmax(facts.counts, added=True)([*asked, scored(drawn), drawn])
    return {"trained_item_scores": (scores, loss)}


def _read(vectors: KerasTensor, options: SasrecOptions) -> KerasTensor:
    """Vectors of items ``(n, k, f)``, and what came before each."""
    # as in the paper, so that rows of a table of small numbers are not lost beside what blocks add
    vectors = _dropped(vectors * options.size**0.5, options)
    for _ in range(options.depth):
        attention = CausalAttention(options.heads, vectors.shape[1] or 1, options.depth)
        vectors = vectors + _dropped(attention(layers.LayerNormalization()(vectors)), options)
        hidden = layers.Dense(options.size, activation="relu")(layers.LayerNormalization()(vectors))
        vectors = vectors + _dropped(layers.Dense(options.size)(_dropped(hidden, options)), options)
    return layers.LayerNormalization()(vectors)


def _dropped(vectors: KerasTensor, options: SasrecOptions) -> KerasTensor:
    return layers.Dropout(options.dropout)(vectors) if options.dropout > 0 else vectors


FAMILY = Family(
    name="interactions/sasrec",
    slots=(Slot(kind="history", least=1),),
    gives=("trained_item_scores",),
    options=SasrecOptions,
    build=build,
    # far slower than the others, and behind them where what is held out is not what came next
    default=False,
)
