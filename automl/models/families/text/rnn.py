"""Recurrent networks: LSTM (Hochreiter and Schmidhuber, 1997), GRU (Cho et al., 2014), simple."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.text_tokens import TokenOptions, embed_tokens

if TYPE_CHECKING:
    from keras import KerasTensor

_CELLS = {"lstm": layers.LSTM, "gru": layers.GRU, "simple": layers.SimpleRNN}


@dataclass(frozen=True, kw_only=True)
class RnnOptions(TokenOptions):
    """Shape of the network.

    Attributes:
        cell: ``lstm``, ``gru`` or ``simple``.
        units: features of the state, in each direction.
        layers: recurrent layers, one on another.
        bidirectional: read the text backwards as well.
        pooling: ``last`` gives the last state as a vector; by any other word all states are steps, which
            the neck pools.
        dropout: share dropped behind each layer.
    """

    cell: str = "lstm"
    units: int = 64
    layers: int = 1
    bidirectional: bool = True
    pooling: str = "max"
    dropout: float = 0.3


def build(inputs: Inputs, options: RnnOptions) -> Features:
    """Build from ``tokens (batch, words)`` to ``steps``, or to ``vector`` of the last state."""
    vectors, mask = embed_tokens(inputs.one("tokens"), options)
    for position in range(options.layers):
        steps = position < options.layers - 1 or options.pooling != "last"
        vectors = _drop(_recurrent(options, steps)(vectors, mask=mask), options.dropout)
    return {"vector": vectors} if options.pooling == "last" else {"steps": vectors, "mask": mask}


def _recurrent(options: RnnOptions, steps: bool) -> layers.Layer:
    layer = _CELLS[options.cell](options.units, return_sequences=steps)
    return layers.Bidirectional(layer) if options.bidirectional else layer


def _drop(vectors: KerasTensor, rate: float) -> KerasTensor:
    return layers.Dropout(rate)(vectors) if rate > 0 else vectors


FAMILY = Family(
    name="text/rnn",
    slots=(Slot(kind="tokens", least=1),),
    gives=("steps", "vector"),
    options=RnnOptions,
    build=build,
    necks={"word_pool": {}},
)
