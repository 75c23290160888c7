"""Weighted bag of n-grams: fastText's classifier (Joulin et al., 2017) on naive Bayes features.

With one feature per n-gram it is the linear model of Wang and Manning (2012); more features and hidden
layers let n-grams act together (deep averaging networks, Iyyer et al., 2015).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers, ops

from automl.models.family import Family

if TYPE_CHECKING:
    from keras import KerasTensor

    from automl.core.specs import InputSpec

# Weights have unit length per text; times 8 the sum over some 100 n-grams moves by about one when each
# embedding moves by a hundredth, so that usual learning rates fit.
SCALE = 8.0


@dataclass(frozen=True, kw_only=True)
class NgramsOptions:
    """Shape of the network.

    Attributes:
        embedding_size: features per n-gram; 1 suffices for two classes and for regression.
        weighted: sum by the weights of the training part, else the mean.
        ngram_dropout: share of n-grams left out in training.
        depth: hidden layers.
        width: units of a hidden layer.
        dropout: share dropped after the sum and after each hidden layer.
    """

    embedding_size: int = 4
    weighted: bool = True
    ngram_dropout: float = 0.0
    depth: int = 0
    width: int = 64
    dropout: float = 0.0


def build(
    inputs: Mapping[str, KerasTensor], specs: Mapping[str, InputSpec], options: NgramsOptions
) -> KerasTensor:
    """Build from ``ngrams`` and ``ngram_weights`` ``(batch, ids)`` to a vector ``(batch, features)``."""
    ids = inputs["ngrams"]
    # zeros: an n-gram has no say until it was seen in training; hidden layers would stay dead on zeros
    start = "uniform" if options.depth else "zeros"
    size = specs["ngrams"].sizes[0]
    embedding = layers.Embedding(size, options.embedding_size, embeddings_initializer=start)
    weights = _weights(ids, inputs.get("ngram_weights"), options)
    if options.ngram_dropout > 0:
        weights = layers.Dropout(options.ngram_dropout)(weights)
    vector = ops.squeeze(ops.matmul(ops.expand_dims(weights, 1), embedding(ids)), axis=1)
    vector = _drop(vector * SCALE, options.dropout)
    for _ in range(options.depth):
        vector = _drop(layers.Dense(options.width, activation="relu")(vector), options.dropout)
    return vector


def _weights(ids: KerasTensor, given: KerasTensor | None, options: NgramsOptions) -> KerasTensor:
    if options.weighted and given is not None:
        return given
    present = ops.cast(ops.not_equal(ids, 0), "float32")
    return present / ops.maximum(ops.sum(present, axis=1, keepdims=True), 1.0)


def _drop(vector: KerasTensor, rate: float) -> KerasTensor:
    return layers.Dropout(rate)(vector) if rate > 0 else vector


FAMILY = Family(
    name="ngrams",
    modality="text",
    takes=("ngrams", "ngram_weights"),
    gives="vector",
    options=NgramsOptions,
    build=build,
)
