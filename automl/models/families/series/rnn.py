"""Recurrent networks over the steps of a series, or over patches of steps.

Hochreiter and Schmidhuber, 1997 (LSTM); Cho et al., 2014 (GRU); patches as in SegRNN (Lin et al., 2023).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import keras
from keras import KerasTensor, ops

from automl.core.errors import ConfigError
from automl.core.tensors import Inputs
from automl.models.families.series.sequence import Sequence, as_steps, patches, rejoin, take_sequence
from automl.models.family import Family, Features, Slot

CELLS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "simple": keras.layers.SimpleRNN}


@dataclass(frozen=True, kw_only=True)
class RnnOptions:
    """Hyperparameters.

    Attributes:
        cell: ``lstm``, ``gru`` or ``simple``.
        units: size of the state, in each direction.
        depth: recurrent layers.
        bidirectional: of whole series, whether they are read backwards as well.
        pooling: of whole series, ``last`` gives the last state; else all states are steps, which the neck
            pools.
        dropout: share of features dropped between layers and before the head.
        patch: of a forecast, steps that are embedded together and read as one.
        lookback_share: share of the look-back window that is used, its end.
        channel_independent: of a forecast, whether each target goes through the network by itself.
    """

    cell: Literal["lstm", "gru", "simple"] = "gru"
    units: int = 64
    depth: int = 1
    bidirectional: bool = True
    pooling: Literal["last", "average"] = "average"
    dropout: float = 0.1
    patch: int = 12
    lookback_share: float = 1.0
    channel_independent: bool = True


def build(inputs: Inputs, options: RnnOptions) -> Features:
    """Build the backbone.

    Returns:
        ``channels`` of a forecast by channel, ``vector`` of one across channels, ``steps`` of whole series,
        or ``vector`` of their last state.
    """
    sequence = take_sequence(
        inputs,
        lookback_share=options.lookback_share,
        channel_independent=options.channel_independent,
    )
    if sequence.targets:
        values = patches(sequence.values, options.units, options.patch, options.patch, "patches")
        values = keras.layers.Activation("relu", name="patch_activation")(values)
        return rejoin(_read(values, None, replace(options, bidirectional=False), pooled=False), sequence)
    return _whole(sequence, options)


def _whole(sequence: Sequence, options: RnnOptions) -> Features:
    pooled = options.pooling != "last"
    states = _read(sequence.values, sequence.real, options, pooled=pooled)
    return as_steps(states, sequence.real) if pooled else {"vector": states}


def _read(
    values: KerasTensor, real: KerasTensor | None, options: RnnOptions, *, pooled: bool
) -> KerasTensor:
    """States of all steps ``(batch, time, d)`` when they are to be pooled, else the last ``(batch, d)``."""
    mask = None if real is None else ops.squeeze(real > 0, axis=-1)
    for level in range(options.depth):
        every = pooled or level < options.depth - 1
        layer = _layer(options, every, level)
        values = layer(values) if mask is None else layer(values, mask=mask)
        if options.dropout:
            values = keras.layers.Dropout(options.dropout, name=f"dropout{level}")(values)
    return values


def _layer(options: RnnOptions, every: bool, level: int) -> Any:
    if options.cell not in CELLS:
        raise ConfigError(f"Expected cell lstm, gru or simple, got {options.cell!r}.")
    layer = CELLS[options.cell](options.units, return_sequences=every, name=f"{options.cell}{level}")
    if not options.bidirectional:
        return layer
    return keras.layers.Bidirectional(layer, name=f"both_ways{level}")


FAMILY = Family(
    name="series/rnn",
    slots=(Slot(kind="sequence", least=1),),
    gives=("channels", "vector", "steps"),
    options=RnnOptions,
    build=build,
    necks={"step_pool": {}},
)
