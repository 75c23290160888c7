"""Preprocessing of sounds: any length to the job's, and statistics of cepstral coefficients beside them.

n  clips, s  samples of the job, t  frames, m  mel bands, c  coefficients, q  parts of a clip, f  features
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.spectrogram import MelScale, cosines, decibels, mel_bank, mel_power, real_frames, scale_of
from automl.core.targets import spread_rows
from automl.core.tensors import TensorSpec, Waveform
from automl.data.kinds.part import Part
from automl.data.kinds.sound import form_of
from automl.data.preprocessing.fixed_features import FixedFeatures
from automl.data.preprocessing.pieces import Piece, tensor_name

STANDARDISED = 4_000
"""Sounds that statistics are standardised on."""

CHUNK = 128
"""Sounds that statistics are made of at a time."""

COEFFICIENTS, QUARTERS = 20, 4


def fit_sounds(part: Part) -> Piece:
    """Give two tensors for every column of sounds: the ``sound`` and its ``cepstrum``.

    Raw sounds are ``(n, any number of samples) float32`` at the job's rate, NaN behind the end of each; of
    longer ones the middle is taken, as the reader of files does.

    Returns:
        ``sound (s,) float32``, NaN behind the end, and ``cepstrum (f,) float32``, standardised.
    """
    tensors = []
    for column in part.columns:
        raw, form = part.inputs[column.input], form_of(column)
        sound = FitLength(form.samples, name=f"{column.input}__length")(raw)
        layer = CepstralStatistics(_scale(form.rate), name=f"{column.input}__cepstrum")
        features = layer(sound)
        rows = part.rows[spread_rows(len(part.rows), STANDARDISED)]
        made = [
            ops.convert_to_numpy(layer(np.asarray(part.raw[column.input][rows[first : first + CHUNK]])))
            for first in range(0, len(rows), CHUNK)
        ]
        layer.standardise(np.concatenate(made))
        named = {
            kind: tensor_name(kind, column.input, alone=part.is_alone) for kind in ("sound", "cepstrum")
        }
        waveform = TensorSpec(
            name=named["sound"],
            kind="sound",
            shape=(form.samples,),
            facts=Waveform(rate=form.rate),
            source=column.input,
        )
        cepstrum = TensorSpec(
            name=named["cepstrum"], kind="cepstrum", shape=(layer.features,), source=column.input
        )
        tensors += [(waveform, sound), (cepstrum, features)]
    return Piece(tensors=tensors)


@keras.saving.register_keras_serializable(package="automl")
class FitLength(keras.layers.Layer):
    """Bring sounds ``(n, any)``, NaN behind the end of each, to ``(n, s)``: the middle of longer ones.

    Args:
        samples: s.
    """

    def __init__(self, samples: int, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.samples = samples

    def call(self, sound: KerasTensor) -> KerasTensor:
        """Find where each clip ends, and take its middle."""
        room = ops.full((ops.shape(sound)[0], self.samples), np.nan, dtype="float32")
        padded = ops.concatenate([sound, room], axis=1)
        places = ops.arange(1, ops.shape(padded)[1] + 1, dtype="int32")[None, :]
        length = ops.max(ops.where(ops.isnan(padded), 0, places), axis=1)
        first = ops.maximum(length - self.samples, 0) // 2
        wanted = first[:, None] + ops.arange(self.samples, dtype="int32")[None, :]
        return ops.take_along_axis(padded, wanted, axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """``(n, s)``."""
        return (input_shape[0], self.samples)

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "samples": self.samples}


@keras.saving.register_keras_serializable(package="automl")
class CepstralStatistics(FixedFeatures):
    """From sounds ``(n, s)``, NaN behind the end of each, to standardised features ``(n, f)``.

    Of each coefficient the mean over each quarter of the clip, so that the order of sounds is seen, its
    deviation over the whole clip, and that of its change from frame to frame; and how long the clip is.

    Args:
        scale: of the spectrogram, as record or as the mapping that ``get_config`` gives.
    """

    def __init__(self, scale: MelScale | dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale_of_mel = scale if isinstance(scale, MelScale) else MelScale(**scale)
        self._bank = mel_bank(self.scale_of_mel)
        self._cosines = cosines(self.scale_of_mel.bands, COEFFICIENTS)

    @property
    def features(self) -> int:
        """F."""
        return (QUARTERS + 2) * COEFFICIENTS + 1

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make room for mean and deviation."""
        self.make_scales()

    def call(self, sound: KerasTensor) -> KerasTensor:
        """Make the statistics of each clip by itself."""
        real = real_frames(sound, self.scale_of_mel, ops)
        levels = decibels(mel_power(sound, self._bank, ops), ops)
        coefficients = ops.matmul(levels, self._cosines)
        frames = ops.sum(real, axis=1, keepdims=True)
        quarters = ops.matmul(_quarters(real, frames), coefficients)
        parts = [
            ops.reshape(quarters, (-1, QUARTERS * COEFFICIENTS)),
            _deviation(coefficients, real),
            _deviation(coefficients[:, 1:] - coefficients[:, :-1], real[:, 1:]),
            ops.log(frames),
        ]
        return self.standardised(ops.concatenate(parts, axis=1))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """``(n, f)``."""
        return (input_shape[0], self.features)

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "scale": asdict(self.scale_of_mel)}


def _scale(rate: int) -> MelScale:
    """The usual one of speech, since Davis and Mermelstein (1980)."""
    return scale_of(rate, window_ms=25, hop_ms=10, bands=40, low=20, high_share=1.0)


def _quarters(real: KerasTensor, frames: KerasTensor) -> KerasTensor:
    """Weights ``(n, q, t)`` of the frames in the mean over each quarter of a clip.

    Args:
        real: which frames lie within their clips ``(n, t)``.
        frames: how many do ``(n, 1)``.
    """
    each = QUARTERS / frames[..., None]
    place = (ops.arange(real.shape[1], dtype="float32") + 0.5)[None, None, :] * each
    middle = (ops.arange(QUARTERS, dtype="float32") + 0.5)[None, :, None]
    # of fewer frames than quarters each one counts in every quarter that it reaches into
    inside = ops.abs(place - middle) < ops.maximum(each, 1.0) / 2
    weights = ops.cast(inside, "float32") * real[:, None, :]
    return weights / ops.maximum(ops.sum(weights, axis=2, keepdims=True), 1.0)


def _deviation(values: KerasTensor, real: KerasTensor) -> KerasTensor:
    """Standard deviation over the frames within each clip ``(n, c)``."""
    weights = real[..., None]
    count = ops.maximum(ops.sum(weights, axis=1), 1.0)
    mean = ops.sum(values * weights, axis=1) / count
    centred = (values - mean[:, None, :]) * weights
    return ops.sqrt(ops.sum(ops.square(centred), axis=1) / count)
