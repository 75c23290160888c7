"""From sounds to what a network for pictures takes: levels of mel bands over time, as part of the model.

Each clip is normalised by itself, over its own frames: never over a batch, and whatever it lies beside.

n  clips, s  samples, t  frames, m  mel bands
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

import keras
import numpy as np
from keras import ops

from automl.core.cepstrum import heard_frames
from automl.core.spectrogram import MelScale, decibels, mel_bank, mel_power, real_frames

if TYPE_CHECKING:
    from keras import KerasTensor

Shape = tuple[int | None, ...]

Level = Literal["clip", "band"]

LEAST_DEVIATION = 1.0
"""In decibels: what varies less is noise, and must not be blown up."""


class OfSounds(keras.layers.Layer):
    """A layer in float32 that makes frames of a scale; a base.

    Args:
        scale: as record, or as the mapping that ``get_config`` gives.
    """

    def __init__(self, scale: MelScale | dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.scale = scale if isinstance(scale, MelScale) else MelScale(**scale)

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "scale": asdict(self.scale)}


@keras.saving.register_keras_serializable(package="automl")
class MelLevels(OfSounds):
    """From sounds ``(n, s)``, NaN behind the end of each, to decibels ``(n, t, m, 1)``.

    See ``core.spectrogram.decibels``; behind the end of a clip stands its lowest level.

    Args:
        scale: of the spectrogram.
    """

    def __init__(self, scale: MelScale | dict[str, Any], **kwargs: Any) -> None:
        super().__init__(scale, **kwargs)
        self._bank = mel_bank(self.scale)

    def call(self, sound: KerasTensor) -> KerasTensor:
        """Make the spectrogram of each clip."""
        return decibels(mel_power(sound, self._bank, ops), ops)[..., None]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """``(n, t, m, 1)``."""
        return (input_shape[0], self.scale.frames(input_shape[1] or 0), self.scale.bands, 1)


@keras.saving.register_keras_serializable(package="automl")
class HeardFrames(OfSounds):
    """Tell which frames of levels ``(n, t, m, 1)`` of sounds ``(n, s)`` are looked at: ``(n, t)``, 1 and 0.

    Args:
        scale: of the spectrogram.
        trim: decibels below a clip's loudest frame at which silence begins, which is left out at both ends;
            0 for all frames within the clip.
    """

    def __init__(self, scale: MelScale | dict[str, Any], trim: float = 0.0, **kwargs: Any) -> None:
        super().__init__(scale, **kwargs)
        self.trim = trim

    def call(self, levels: KerasTensor, sound: KerasTensor) -> KerasTensor:
        """Find where silence ends and where it begins again."""
        real = real_frames(sound, self.scale, ops)
        return heard_frames(levels[..., 0], real, ops, self.trim) if self.trim else real

    def compute_output_spec(self, levels: KerasTensor, sound: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return keras.KerasTensor(levels.shape[:2], dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "trim": self.trim}


@keras.saving.register_keras_serializable(package="automl")
class NormalisedLevels(keras.layers.Layer):
    """Normalise the levels of each clip over its own frames: mean 0, deviation 1; 0 where nothing is heard.

    Args:
        level: what is taken out of the decibels of a clip: mean and deviation of all its values (``clip``),
            or the mean of each band, which a microphone or a room colours, and the deviation of what is
            left (``band``).
    """

    def __init__(self, level: Level = "clip", **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.level = level

    def call(self, levels: KerasTensor, heard: KerasTensor) -> KerasTensor:
        """From levels ``(n, t, m, 1)`` and the frames that are looked at ``(n, t)``."""
        real = heard[:, :, None, None]
        frames = ops.sum(real, axis=1, keepdims=True)
        mean = ops.sum(levels * real, axis=1, keepdims=True) / frames
        if self.level == "clip":
            mean = ops.mean(mean, axis=2, keepdims=True)
        centred = (levels - mean) * real
        variance = ops.mean(
            ops.sum(ops.square(centred), axis=1, keepdims=True) / frames, axis=2, keepdims=True
        )
        return centred / ops.maximum(ops.sqrt(variance), LEAST_DEVIATION)

    def compute_output_spec(self, levels: KerasTensor, heard: KerasTensor) -> KerasTensor:
        """Shape and type of the levels."""
        return keras.KerasTensor(levels.shape, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "level": self.level}


@keras.saving.register_keras_serializable(package="automl")
class HeardSteps(keras.layers.Layer):
    """Tell in which steps of a map over time something is heard: frames ``(n, t)`` to ``(n, steps)`` bool.

    Args:
        steps: of the map; as many as the spectrogram has frames, or fewer, each of several.
    """

    def __init__(self, steps: int, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.steps = steps

    def call(self, heard: KerasTensor) -> KerasTensor:
        """Look at all frames of each step."""
        step = np.arange(heard.shape[1]) * self.steps // heard.shape[1]
        return ops.matmul(heard, np.eye(self.steps, dtype=np.float32)[step]) > 0

    def compute_output_spec(self, heard: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return keras.KerasTensor((heard.shape[0], self.steps), dtype="bool")

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "steps": self.steps}


@keras.saving.register_keras_serializable(package="automl")
class RealFrames(OfSounds):
    """Tell which steps of a map over time lie within a clip: sounds ``(n, s)`` to ``(n, steps)`` bool.

    Args:
        scale: of the spectrogram that the map is made of.
        steps: of the map; as many as the spectrogram has frames, or fewer, each of several.
    """

    def __init__(self, scale: MelScale | dict[str, Any], steps: int, **kwargs: Any) -> None:
        super().__init__(scale, **kwargs)
        self.steps = steps

    def call(self, sound: KerasTensor) -> KerasTensor:
        """Look at the first frame of each step."""
        frames = self.scale.frames(sound.shape[1])
        first = np.arange(self.steps) * frames // self.steps
        return ops.take(real_frames(sound, self.scale, ops), first.astype("int32"), axis=1) > 0

    def compute_output_spec(self, sound: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return keras.KerasTensor((sound.shape[0], self.steps), dtype="bool")

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "steps": self.steps}
