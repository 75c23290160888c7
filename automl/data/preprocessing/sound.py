"""Preprocessing of sounds: any length to the job's, and statistics of cepstral coefficients beside them.

n  clips, s  samples of the job, f  statistics
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.cepstrum import STATISTICS, cepstral_statistics, usual_scale
from automl.core.spectrogram import MelScale, mel_bank
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
        layer = CepstralStatistics(usual_scale(form.rate), name=f"{column.input}__cepstrum")
        features = layer(sound)
        layer.standardise(layer.of(part.raw[column.input], part.rows))
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
    """From sounds ``(n, s)``, NaN behind the end of each, to standardised statistics ``(n, f)``.

    See ``core.cepstrum``.

    Args:
        scale: of the spectrogram, as record or as the mapping that ``get_config`` gives.
    """

    def __init__(self, scale: MelScale | dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale_of_mel = scale if isinstance(scale, MelScale) else MelScale(**scale)
        self._bank = mel_bank(self.scale_of_mel)

    @property
    def features(self) -> int:
        """F."""
        return STATISTICS

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make room for mean and deviation."""
        self.make_scales()

    def of(self, sounds: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the statistics of some of the sounds, as they are before they are standardised.

        They are made by NumPy, where nothing is compiled first.

        Args:
            sounds: ``(n, s)``.
            rows: positions of those that there are to learn from.
        """
        some = rows[spread_rows(len(rows), STANDARDISED)]
        made = [
            cepstral_statistics(np.asarray(sounds[some[first : first + CHUNK]]), self._bank, np)
            for first in range(0, len(some), CHUNK)
        ]
        return np.concatenate(made)

    def call(self, sound: KerasTensor) -> KerasTensor:
        """Make the statistics of each clip by itself."""
        return self.standardised(cepstral_statistics(sound, self._bank, ops))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """``(n, f)``."""
        return (input_shape[0], self.features)

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "scale": asdict(self.scale_of_mel)}
