"""What every series family does first: take the steps wanted and tell padding from values."""

from __future__ import annotations

from dataclasses import dataclass

import keras
from keras import KerasTensor, ops

from automl.core.tensors import Inputs, Steps
from automl.models.family import Features
from automl.models.layers.series_channels import BatchToChannels, ChannelsToBatch
from automl.models.layers.series_steps import RealSteps, ZeroPadding


@dataclass(frozen=True, kw_only=True)
class Sequence:
    """A sequence ready for a network.

    Attributes:
        values: ``(batch, time, channels)`` float32 without NaN.
        real: ``(batch, time, 1)`` float32, 0 on padding; None when nothing is padded.
        targets: how many leading channels are forecast, 0 for whole series.
        separate: whether the channels went into the batch; ``rejoin`` brings their features back.
    """

    values: KerasTensor
    real: KerasTensor | None
    targets: int
    separate: bool = False


def take_sequence(
    inputs: Inputs,
    *,
    lookback_share: float = 1.0,
    channel_independent: bool = False,
) -> Sequence:
    """Take the input ``sequence``.

    Args:
        inputs: must hold a ``sequence`` ``(batch, time, channels)``.
        lookback_share: of a forecast, the share of the look-back window that is used, its end.
        channel_independent: of a forecast, each target channel goes through the network by itself
            (Nie et al., 2023); covariates are then left out.
    """
    bound = inputs.one("sequence")
    values, facts = bound.tensor, bound.spec.facts or Steps()
    real = RealSteps(name="real_steps")(values) if facts.masked else None
    if real is not None:
        values = ZeroPadding(name="without_padding")(values)
    if not facts.targets:
        return Sequence(values=values, real=real, targets=0)
    values = _newest(values, lookback_share)
    if not channel_independent:
        return Sequence(values=values, real=real, targets=facts.targets)
    alone = ChannelsToBatch(name="channels_apart")(values[:, :, : facts.targets])
    return Sequence(values=alone, real=real, targets=facts.targets, separate=True)


def rejoin(features: KerasTensor, sequence: Sequence) -> Features:
    """Give ``(batch, d)`` as ``vector``, or ``channels (batch, targets, d)`` where channels went apart."""
    if not sequence.separate:
        return {"vector": features}
    return {"channels": BatchToChannels(sequence.targets, name="channels_together")(features)}


def as_steps(values: KerasTensor, real: KerasTensor | None) -> Features:
    """Give ``steps (batch, time, d)`` with the mask of those that are real ``(batch, time, 1)``."""
    if real is None:
        return {"steps": values}
    return {"steps": values, "mask": ops.squeeze(real > 0, axis=-1)}


def patches(values: KerasTensor, width: int, length: int, stride: int, name: str) -> KerasTensor:
    """Embed patches of ``length`` steps, each ``stride`` steps, so that the last ends at the end.

    Returns:
        ``(batch, patches, width)``; of a shorter sequence one patch of all its steps.
    """
    steps = values.shape[1]
    length = min(length, steps)
    surplus = (steps - length) % stride
    if surplus:
        values = keras.layers.Cropping1D((surplus, 0), name=f"{name}_crop")(values)
    return keras.layers.Conv1D(width, length, strides=stride, name=name)(values)


def real_patches(real: KerasTensor, length: int, stride: int) -> KerasTensor:
    """Mark the patches that hold a real step, ``(batch, patches, 1)``; cut as in ``patches``."""
    steps = real.shape[1]
    length = min(length, steps)
    surplus = (steps - length) % stride
    if surplus:
        real = keras.layers.Cropping1D((surplus, 0))(real)
    return keras.layers.MaxPooling1D(length, strides=stride)(real)


def _newest(values: KerasTensor, share: float) -> KerasTensor:
    steps = values.shape[1]
    dropped = steps - max(1, round(steps * share))
    return keras.layers.Cropping1D((dropped, 0), name="newest")(values) if dropped else values
