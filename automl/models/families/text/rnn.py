"""Recurrent networks: LSTM (Hochreiter and Schmidhuber, 1997), GRU (Cho et al., 2014), simple."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.models.family import Family
from automl.models.layers.text_tokens import TokenOptions, embed_tokens, pool

if TYPE_CHECKING:
    from keras import KerasTensor

    from automl.core.specs import InputSpec

_CELLS = {"lstm": layers.LSTM, "gru": layers.GRU, "simple": layers.SimpleRNN}


@dataclass(frozen=True, kw_only=True)
class RnnOptions(TokenOptions):
    """Shape of the network.

    Attributes:
        cell: ``lstm``, ``gru`` or ``simple``.
        units: features of the state, in each direction.
        layers: recurrent layers, one on another.
        bidirectional: read the text backwards as well.
        pooling: how the states become one vector: ``last``, ``max``, ``mean`` or ``both`` of the latter.
        dropout: share dropped before the head and between layers.
    """

    cell: str = "lstm"
    units: int = 64
    layers: int = 1
    bidirectional: bool = True
    pooling: str = "max"
    dropout: float = 0.3


def build(
    inputs: Mapping[str, KerasTensor], specs: Mapping[str, InputSpec], options: RnnOptions
) -> KerasTensor:
    """Build from ``tokens (batch, words)`` to a vector ``(batch, features)``."""
    vectors, mask = embed_tokens(inputs["tokens"], specs["tokens"], options)
    for position in range(options.layers):
        steps = position < options.layers - 1 or options.pooling != "last"
        vectors = _drop(_recurrent(options, steps)(vectors, mask=mask), options.dropout)
    return vectors if options.pooling == "last" else pool(vectors, mask, options.pooling)


def _recurrent(options: RnnOptions, steps: bool) -> layers.Layer:
    layer = _CELLS[options.cell](options.units, return_sequences=steps)
    return layers.Bidirectional(layer) if options.bidirectional else layer


def _drop(vectors: KerasTensor, rate: float) -> KerasTensor:
    return layers.Dropout(rate)(vectors) if rate > 0 else vectors


FAMILY = Family(
    name="rnn", modality="text", takes=("tokens",), gives="vector", options=RnnOptions, build=build
)
