"""Weighted bag of n-grams: fastText's classifier (Joulin et al., 2017) on tf-idf weights.

Without hidden layers it is a linear model of n-grams; hidden layers let n-grams act together (deep
averaging networks, Iyyer et al., 2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers, ops

from automl.core.tensors import Bound, Inputs, Ngrams
from automl.models.family import Family, Features, Slot
from automl.tasks.unit_length import UnitLength

if TYPE_CHECKING:
    from keras import KerasTensor

# Weights have unit length per text; times 8 the sum over some 100 n-grams moves by about one when each
# embedding moves by a hundredth, so that usual learning rates fit.
SCALE = 8.0


@dataclass(frozen=True, kw_only=True)
class NgramsOptions:
    """Shape of the network.

    Attributes:
        embedding_size: features per n-gram; 1 suffices for two classes and for regression.
        pieces: whether pieces of words count beside words and pairs of words.
        weighted: sum by how rare n-grams are in the training part, else the mean.
        ngram_dropout: share of n-grams left out in training.
        depth: hidden layers.
        width: units of a hidden layer.
        dropout: share dropped after the sum and after each hidden layer.
    """

    embedding_size: int = 4
    pieces: bool = True
    weighted: bool = True
    ngram_dropout: float = 0.0
    depth: int = 0
    width: int = 64
    dropout: float = 0.0


def build(inputs: Inputs, options: NgramsOptions) -> Features:
    """Build from ``ngrams`` and ``ngram_weights`` ``(batch, ids)`` to ``vector``."""
    ids, weights, size = _bag(inputs.one("ngrams"), inputs.get("ngram_weights"), options)
    # zeros: an n-gram has no say until it was seen in training; hidden layers would stay dead on zeros
    start = "uniform" if options.depth else "zeros"
    embedding = layers.Embedding(size, options.embedding_size, embeddings_initializer=start)
    if options.ngram_dropout > 0:
        weights = layers.Dropout(options.ngram_dropout)(weights)
    vector = ops.squeeze(ops.matmul(ops.expand_dims(weights, 1), embedding(ids)), axis=1)
    vector = _drop(vector * SCALE, options.dropout)
    for _ in range(options.depth):
        vector = _drop(layers.Dense(options.width, activation="relu")(vector), options.dropout)
    return {"vector": vector}


def _bag(
    ngrams: Bound, given: Bound | None, options: NgramsOptions
) -> tuple[KerasTensor, KerasTensor, int]:
    """Ids and weights ``(batch, ids)``, and how many ids there are."""
    ids, size = ngrams.tensor, ngrams.spec.facts.size
    if not options.pieces and isinstance(ngrams.spec.facts, Ngrams):
        ids, size = ids[:, : ngrams.spec.facts.places], ngrams.spec.facts.words
    if not options.weighted or given is None:
        return ids, _equal(ids), size
    weights, places = given.tensor, ids.shape[1]
    if places < weights.shape[1]:
        weights = UnitLength()(weights[:, :places])
    return ids, weights, size


def _equal(ids: KerasTensor) -> KerasTensor:
    present = ops.cast(ops.not_equal(ids, 0), "float32")
    return present / ops.maximum(ops.sum(present, axis=1, keepdims=True), 1.0)


def _drop(vector: KerasTensor, rate: float) -> KerasTensor:
    return layers.Dropout(rate)(vector) if rate > 0 else vector


FAMILY = Family(
    name="text/ngrams",
    slots=(Slot(kind="ngrams", least=1), Slot(kind="ngram_weights")),
    gives=("vector",),
    options=NgramsOptions,
    build=build,
)
