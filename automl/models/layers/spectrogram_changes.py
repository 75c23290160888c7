"""What is changed about spectrograms in training, so that few voices and rooms sound like many.

n  clips, t  frames, m  mel bands
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from automl.core.spectrogram import MelScale, corners
from automl.models.layers.log_mel import OfSounds, Shape

if TYPE_CHECKING:
    from keras import KerasTensor

MASKS = 2
"""Stretches of time, and of bands, that are left out (Park et al., 2019, policy LD)."""

KNOTS = 5
"""Bands at which a random gain is drawn; between them it is a line. 3 to 6 in Nam et al. (2022)."""

KNEE = 0.8
"""Share of the highest frequency up to which it is stretched evenly, so that the highest stays in its place
(Jaitly and Hinton, 2013)."""

HEARD = 80.0
"""Decibels below the greatest level of a clip at which nothing is heard, see ``core.spectrogram.RANGE``."""


@keras.saving.register_keras_serializable(package="automl")
class VariedLevels(OfSounds):
    """Let clips sound like another voice, microphone and room in training; keeps ``(n, t, m, 1)``.

    Args:
        scale: of the spectrogram.
        warp: by what share frequencies are stretched or pressed together at most, as a longer or a shorter
            vocal tract would (VTLP, Jaitly and Hinton, 2013); 0 for not at all.
        tilt: by how many decibels bands become louder or quieter at most, along random lines
            (FilterAugment, Nam et al., 2022).
        noise: how loud noise becomes at most, as a share of the range from the lowest to the greatest level
            of a clip.
        seed: of the choice; None draws one.
    """

    dials = dials_of_config = ("warp", "tilt", "noise")
    """What a compiled program can turn: attributes, and entries of the configuration."""

    def __init__(
        self,
        scale: MelScale | dict[str, Any],
        warp: float = 0.0,
        tilt: float = 0.0,
        noise: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(scale, **kwargs)
        self.warp, self.tilt, self.noise, self.seed = warp, tilt, noise, seed
        # dials are tensors while a program is compiled: what is off is off for good
        self._warps, self._tilts, self._hisses = warp > 0, tilt > 0, noise > 0
        self.generator = keras.random.SeedGenerator(seed)
        self._middles = corners(self.scale)[1:-1].astype(np.float32)
        self._lines = _lines(self.scale.bands)

    def call(self, levels: KerasTensor, training: bool = False) -> KerasTensor:
        """Change levels in decibels where this is training."""
        if not training:
            return levels
        changed = levels[..., 0]
        draw = keras.random.uniform((ops.shape(levels)[0], 2 + KNOTS), seed=self.generator)
        if self._warps:
            changed = self._warped(changed, draw[:, :1])
        if self._tilts:
            gains = self.tilt * (2 * draw[:, 2:] - 1)
            changed = changed + ops.matmul(gains, self._lines)[:, None, :]
        if self._hisses:
            changed = self._noisy(changed, draw[:, 1:2, None])
        return changed[..., None]

    def _warped(self, levels: KerasTensor, draw: KerasTensor) -> KerasTensor:
        """Read each band of ``(n, t, m)`` where it lay before frequencies were stretched.

        Args:
            levels: in decibels.
            draw: of the share ``(n, 1)`` in [0, 1).
        """
        most = ops.log(1.0 + ops.cast(self.warp, "float32"))
        share = ops.exp(most * (2 * draw - 1))
        top, middles = self.scale.high, self._middles[None, :]
        knee = KNEE * top * ops.minimum(1.0, 1.0 / share)
        beyond = top - (top - share * knee) / (top - knee) * (top - middles)
        wanted = ops.where(middles <= knee, share * middles, beyond)
        mels = np.float32(2595 / math.log(10)) * ops.log1p(wanted / 700)
        known = 2595 * np.log10(1 + self._middles / 700)
        places = (mels - known[0]) / max(float(known[-1] - known[0]), 1e-6) * (self.scale.bands - 1)
        places = ops.clip(places, 0, self.scale.bands - 1)
        each = np.arange(self.scale.bands, dtype=np.float32)[None, :, None]
        weights = ops.maximum(1.0 - ops.abs(places[:, None, :] - each), 0.0)
        return ops.matmul(levels, weights)

    def _noisy(self, levels: KerasTensor, draw: KerasTensor) -> KerasTensor:
        """Add the power of noise to ``(n, t, m)``; its loudness is drawn ``(n, 1, 1)`` in [0, 1)."""
        greatest = ops.max(levels, axis=(1, 2), keepdims=True)
        floor = greatest - HEARD * (1 - ops.cast(self.noise, "float32") * draw)
        power = keras.random.uniform(ops.shape(levels), minval=1e-4, seed=self.generator)
        # of noise, the power in a narrow band is exponentially distributed
        hiss = floor + 10 * ops.log10(-ops.log(power) + 1e-4)
        nats = np.float32(math.log(10) / 10)
        return ops.logaddexp(levels * nats, hiss * nats) / nats

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Give the shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        own = {"warp": self.warp, "tilt": self.tilt, "noise": self.noise, "seed": self.seed}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="automl")
class SpectrogramMasks(keras.layers.Layer):
    """Leave out stretches of time and of bands in training (SpecAugment, Park et al., 2019).

    What is left out becomes 0, the mean of a normalised clip. Two stretches of either kind, of random
    length and place, may overlap. It keeps the shape ``(n, t, m, 1)``.

    Args:
        time: longest stretch as a share of the time.
        frequency: widest stretch as a share of the bands.
        seed: of the choice; None draws one.
    """

    dials = dials_of_config = ("time", "frequency")
    """What a compiled program can turn: attributes, and entries of the configuration."""

    def __init__(self, time: float, frequency: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.time, self.frequency, self.seed = time, frequency, seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, levels: KerasTensor, training: bool = False) -> KerasTensor:
        """Leave out stretches where this is training."""
        if not training:
            return levels
        draw = keras.random.uniform((ops.shape(levels)[0], 4 * MASKS), seed=self.generator)
        kept = _outside(draw[:, : 2 * MASKS], levels.shape[1], self.time)[:, :, None, None]
        bands = _outside(draw[:, 2 * MASKS :], levels.shape[2], self.frequency)[:, None, :, None]
        return levels * kept * bands

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Give the shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        own = {"time": self.time, "frequency": self.frequency, "seed": self.seed}
        return {**super().get_config(), **own}


def _outside(draw: KerasTensor, size: int, most: Any) -> KerasTensor:
    """Which places lie in no stretch ``(n, size)``: 1 and 0.

    Args:
        draw: lengths and beginnings in [0, 1) ``(n, 2 MASKS)``.
        size: how many places there are.
        most: longest stretch as a share of them.
    """
    length = draw[:, :MASKS] * most * size
    begin = draw[:, MASKS:] * (size - length)
    place = (ops.arange(size, dtype="float32") + 0.5)[None, None, :]
    inside = ops.logical_and(place >= begin[..., None], place < (begin + length)[..., None])
    return 1.0 - ops.cast(ops.any(inside, axis=1), "float32")


def _lines(bands: int) -> np.ndarray:
    """What each of the random gains counts in each band ``(KNOTS, m)``."""
    places = np.linspace(0, KNOTS - 1, bands)[None, :]
    shares: np.ndarray = np.maximum(0, 1 - np.abs(places - np.arange(KNOTS)[:, None]))
    return shares.astype(np.float32)
