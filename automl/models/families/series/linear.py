"""Linear maps of the look-back window, shared by the channels or one for each (LTSF-Linear).

Zeng et al., "Are transformers effective for time series forecasting?", 2023: with the task's
``instance_norm: last`` this is NLinear, with ``decomposition`` DLinear. Of whole series it is a linear
model on all steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import keras
from keras import KerasTensor

from automl.core.tensors import Inputs
from automl.models.families.series.sequence import take_sequence
from automl.models.family import Family, Features, Slot
from automl.models.layers.series_channels import ChannelBlocks
from automl.models.layers.series_steps import Trend


@dataclass(frozen=True, kw_only=True)
class LinearOptions:
    """Hyperparameters.

    Attributes:
        channels: of a forecast: ``shared``, one map for all targets; ``individual``, one for each;
            ``mixed``, one from all channels (covariates too) to all targets.
        decomposition: whether trend and rest get a map each.
        trend_window: steps of the moving average that is the trend.
        lookback_share: share of the look-back window that is used, its end.
        dropout: share of inputs dropped.
    """

    channels: Literal["shared", "individual", "mixed"] = "shared"
    decomposition: bool = False
    trend_window: int = 25
    lookback_share: float = 1.0
    dropout: float = 0.0


def build(inputs: Inputs, options: LinearOptions) -> Features:
    """Lay out the steps so that the head's dense layer is the linear map itself.

    Returns:
        ``channels (batch, targets, steps)`` of a forecast with maps by channel, ``vector`` otherwise.
    """
    sequence = take_sequence(inputs, lookback_share=options.lookback_share)
    values, k = sequence.values, sequence.targets
    if k and options.channels != "mixed":
        values = values[:, :, :k]
    features = keras.layers.Permute((2, 1), name="channels_first")(_parts(values, options))
    across = not k or options.channels == "mixed"
    if across:
        features = keras.layers.Flatten(name="all_steps")(features)
    elif options.channels == "individual" and k > 1:
        features = ChannelBlocks(name="own_map")(features)
    if options.dropout:
        features = keras.layers.Dropout(options.dropout)(features)
    return {"vector" if across else "channels": features}


def _parts(values: KerasTensor, options: LinearOptions) -> KerasTensor:
    """Trend and rest one after the other along time, or the values as they are."""
    if not options.decomposition:
        return values
    trend = Trend(min(options.trend_window, values.shape[1]), name="trend")(values)
    rest = keras.layers.Subtract(name="rest")([values, trend])
    return keras.layers.Concatenate(axis=1, name="parts")([trend, rest])


FAMILY = Family(
    name="series/linear",
    slots=(Slot(kind="sequence", least=1),),
    gives=("channels", "vector"),
    options=LinearOptions,
    build=build,
)
