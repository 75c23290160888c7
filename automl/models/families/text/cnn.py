"""Parallel convolutions over words with pooling over time (Kim, 2014)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers, ops

from automl.models.family import Family
from automl.models.layers.text_tokens import TokenOptions, embed_tokens, pool

if TYPE_CHECKING:
    from keras import KerasTensor

    from automl.core.specs import InputSpec


@dataclass(frozen=True, kw_only=True)
class CnnOptions(TokenOptions):
    """Shape of the network.

    Attributes:
        kernel_sizes: widths of the kernels in words, with ``-`` between: ``"3-4-5"``.
        filters: channels of each width.
        activation: any activation of Keras by name.
        pooling: ``max`` over time, ``mean``, or ``both``.
        dropout: share dropped before the head.
    """

    kernel_sizes: str = "3-4-5"
    filters: int = 100
    activation: str = "relu"
    pooling: str = "max"
    dropout: float = 0.5


def build(
    inputs: Mapping[str, KerasTensor], specs: Mapping[str, InputSpec], options: CnnOptions
) -> KerasTensor:
    """Build from ``tokens (batch, words)`` to a vector ``(batch, features)``."""
    vectors, mask = embed_tokens(inputs["tokens"], specs["tokens"], options)
    pooled = [
        pool(_convolution(vectors, int(size), options), mask, options.pooling)
        for size in options.kernel_sizes.split("-")
    ]
    vector = ops.concatenate(pooled, axis=1) if len(pooled) > 1 else pooled[0]
    return layers.Dropout(options.dropout)(vector) if options.dropout > 0 else vector


def _convolution(vectors: KerasTensor, size: int, options: CnnOptions) -> KerasTensor:
    layer = layers.Conv1D(options.filters, size, padding="same", activation=options.activation)
    return layer(vectors)


FAMILY = Family(
    name="cnn", modality="text", takes=("tokens",), gives="vector", options=CnnOptions, build=build
)
