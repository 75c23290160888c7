"""Several vectors of one example joined to one: side by side, weighed by gates, or by attention.

n examples, m vectors of sizes f_1 ... f_m, w the width that they are brought to
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from keras import KerasTensor, layers, ops

from automl.core.errors import ConfigError, suggest
from automl.models.layers.attention import encoder_block
from automl.models.layers.dense_blocks import activate, dense


@dataclass(frozen=True, kw_only=True)
class CombinerOptions:
    """How vectors are joined.

    Attributes:
        combiner: ``concatenation``, ``gated`` (Arevalo et al., 2017) or ``attention``.
        vector_dropout: share of the examples that do without one of the vectors while training, so that
            none is relied on alone (ModDrop, Neverova et al., 2016).
        width: size that vectors are brought to by gates and attention, and units of a dense layer.
        depth: dense layers behind the joint vector.
        activation: see ``ACTIVATIONS`` of ``models.layers.dense_blocks``.
        dropout: share of units left out behind each dense layer.
        heads: attention heads.
    """

    combiner: str = "concatenation"
    vector_dropout: float = 0.0
    width: int = 64
    depth: int = 1
    activation: str = "gelu"
    dropout: float = 0.1
    heads: int = 4


def combine(vectors: Sequence[KerasTensor], options: CombinerOptions) -> KerasTensor:
    """Join vectors ``(n, f_i)`` to one and put dense layers behind it.

    Vectors are normalised first: encoders differ in scale by orders of magnitude, and the loudest would
    drown the others in the first steps.

    Raises:
        ConfigError: unknown combiner.
    """
    if options.combiner not in COMBINERS:
        raise ConfigError(f"Unknown combiner {options.combiner!r}. {suggest(options.combiner, COMBINERS)}")
    level = [layers.LayerNormalization()(vector) for vector in vectors]
    if options.vector_dropout > 0 and len(level) > 1:
        level = [layers.Dropout(options.vector_dropout, noise_shape=(None, 1))(vector) for vector in level]
    joint = COMBINERS[options.combiner](level, options) if len(level) > 1 else level[0]
    for _ in range(options.depth):
        joint = activate(
            dense(joint, options.width, options.activation), options.activation, options.dropout
        )
    return joint


def _concatenated(vectors: Sequence[KerasTensor], options: CombinerOptions) -> KerasTensor:
    return layers.Concatenate(axis=1)(list(vectors))


def _gated(vectors: Sequence[KerasTensor], options: CombinerOptions) -> KerasTensor:
    """Each vector through a dense layer of its own, weighed number by number by gates that see them all."""
    stacked = _stacked([layers.Dense(options.width, activation="tanh")(vector) for vector in vectors])
    everything = layers.Concatenate(axis=1)(list(vectors))
    gates = layers.Dense(len(vectors) * options.width)(everything)
    gates = layers.Softmax(axis=1)(layers.Reshape((len(vectors), options.width))(gates))
    return ops.sum(gates * stacked, axis=1)


def _attended(vectors: Sequence[KerasTensor], options: CombinerOptions) -> KerasTensor:
    """One block of self-attention over the vectors, then their mean by learned weights."""
    width = -(-options.width // options.heads) * options.heads
    stacked = _stacked([layers.Dense(width)(vector) for vector in vectors])
    seen = encoder_block(stacked, heads=options.heads, dropout=options.dropout)
    weights = layers.Softmax(axis=1)(layers.Dense(1)(seen))
    return ops.sum(weights * seen, axis=1)


def _stacked(vectors: Sequence[KerasTensor]) -> KerasTensor:
    """``(n, m, w)``."""
    width = vectors[0].shape[-1]
    return layers.Concatenate(axis=1)([layers.Reshape((1, width))(vector) for vector in vectors])


COMBINERS: Mapping[str, Callable[[Sequence[KerasTensor], CombinerOptions], KerasTensor]] = {
    "concatenation": _concatenated,
    "gated": _gated,
    "attention": _attended,
}
