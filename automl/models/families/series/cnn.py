"""1-D convolutions: dilated and causal to forecast, fully convolutional for whole series.

Bai, Kolter and Koltun, "An empirical evaluation of generic convolutional and recurrent networks for
sequence modeling", 2018 (TCN); Wang, Yan and Oates, "Time series classification from scratch with deep
neural networks", 2017 (FCN).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import keras
from keras import KerasTensor

from automl.core.tensors import Inputs
from automl.models.families.series.sequence import Sequence, as_steps, patches, rejoin, take_sequence
from automl.models.family import Family, Features, Slot


@dataclass(frozen=True, kw_only=True)
class CnnOptions:
    """Hyperparameters.

    Attributes:
        width: filters of each convolution; of whole series the middle ones have twice as many.
        depth: convolutions, or of a forecast residual blocks of two.
        kernel_size: steps of a kernel.
        dropout: share of features dropped.
        activation: name of a Keras activation.
        normalisation: ``batch``, ``layer`` or ``none``.
        residual: of whole series, whether inputs are added to the outputs of each convolution.
        noise: standard deviation of Gaussian noise added to whole series while training.
        patch: of a forecast, steps that are embedded together at first.
        read_out: of a forecast, ``last`` step's features or all steps' (``flat``).
        lookback_share: share of the look-back window that is used, its end.
        channel_independent: of a forecast, whether each target goes through the network by itself.
    """

    width: int = 64
    depth: int = 3
    kernel_size: int = 5
    dropout: float = 0.0
    activation: str = "relu"
    normalisation: Literal["batch", "layer", "none"] = "batch"
    residual: bool = False
    noise: float = 0.0
    patch: int = 8
    read_out: Literal["last", "flat"] = "flat"
    lookback_share: float = 1.0
    channel_independent: bool = True


def build(inputs: Inputs, options: CnnOptions) -> Features:
    """Build the backbone.

    Returns:
        ``channels`` of a forecast by channel, ``vector`` of one across channels, ``steps`` of whole series.
    """
    sequence = take_sequence(
        inputs,
        lookback_share=options.lookback_share,
        channel_independent=options.channel_independent,
    )
    return _dilated(sequence, options) if sequence.targets else _convolutional(sequence, options)


def _dilated(sequence: Sequence, options: CnnOptions) -> Features:
    values = patches(sequence.values, options.width, options.patch, options.patch, "patches")
    for level in range(options.depth):
        branch = values
        for part in range(2):
            branch = keras.layers.Conv1D(
                options.width,
                options.kernel_size,
                padding="causal",
                dilation_rate=2**level,
                use_bias=_biased(options),
                name=f"dilated{level}_{part}",
            )(branch)
            branch = _finished(branch, options, f"{level}_{part}")
        values = keras.layers.Add(name=f"residual{level}")([values, branch])
    read = values[:, -1, :] if options.read_out == "last" else keras.layers.Flatten()(values)
    return rejoin(read, sequence)


def _convolutional(sequence: Sequence, options: CnnOptions) -> Features:
    values, real = sequence.values, sequence.real
    if options.noise:
        values = keras.layers.GaussianNoise(options.noise, name="noise")(values)
    for level in range(options.depth):
        if real is not None:
            values = keras.layers.Multiply(name=f"padding{level}")([values, real])
        inner = 0 < level < options.depth - 1
        kernel = max(1, options.kernel_size - 2 * level)
        filters = options.width * (2 if inner else 1)
        branch = keras.layers.Conv1D(
            filters, kernel, padding="same", use_bias=_biased(options), name=f"convolution{level}"
        )(values)
        branch = _finished(branch, options, str(level))
        values = _added(values, branch, level) if options.residual else branch
    return as_steps(values, real)


def _biased(options: CnnOptions) -> bool:
    """Batch normalisation takes a bias away again: its gradient would be rounding, blown up by Adam."""
    return options.normalisation != "batch"


def _finished(values: KerasTensor, options: CnnOptions, name: str) -> KerasTensor:
    if options.normalisation == "batch":
        # a short memory: small data makes few steps, and the averages must have settled by the end
        values = keras.layers.BatchNormalization(momentum=0.9, name=f"norm{name}")(values)
    elif options.normalisation == "layer":
        values = keras.layers.LayerNormalization(name=f"norm{name}")(values)
    values = keras.layers.Activation(options.activation, name=f"activation{name}")(values)
    if options.dropout:
        values = keras.layers.SpatialDropout1D(options.dropout, name=f"dropout{name}")(values)
    return values


def _added(values: KerasTensor, branch: KerasTensor, level: int) -> KerasTensor:
    if values.shape[-1] != branch.shape[-1]:
        values = keras.layers.Conv1D(branch.shape[-1], 1, name=f"shortcut{level}")(values)
    return keras.layers.Add(name=f"residual{level}")([values, branch])


FAMILY = Family(
    name="series/cnn",
    slots=(Slot(kind="sequence", least=1),),
    gives=("channels", "vector", "steps"),
    options=CnnOptions,
    build=build,
    necks={"step_pool": {}},
)
