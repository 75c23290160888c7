"""Frames of clips: parted for networks of pictures and joined again, left out, subtracted, changed alike.

n  clips, t  frames, h and w  sides, c  channels
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import layers, ops

from automl.models.layers.augmentation import AugmentationOptions, augment

if TYPE_CHECKING:
    from keras import KerasTensor

Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable(package="automl")
class FramesApart(layers.Layer):
    """From clips ``(n, t, ...)`` to their frames ``(n * t, ...)``."""

    @property
    def examples_of_each(self) -> float:
        """Frames that a clip becomes, see ``core.copies``."""
        return float(self.input.shape[1])

    def call(self, clips: KerasTensor) -> KerasTensor:
        """Part them."""
        return ops.reshape(clips, (-1, *clips.shape[2:]))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """``(n * t, ...)``."""
        return (None, *input_shape[2:])


@keras.saving.register_keras_serializable(package="automl")
class FramesTogether(layers.Layer):
    """From frames ``(n * t, ...)`` to clips ``(n, t, ...)``.

    Args:
        frames: t.
    """

    def __init__(self, frames: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.frames = frames

    @property
    def examples_of_each(self) -> float:
        """Clips that a frame becomes, see ``core.copies``."""
        return 1.0 / self.frames

    def call(self, frames: KerasTensor) -> KerasTensor:
        """Join them."""
        return ops.reshape(frames, (-1, self.frames, *frames.shape[1:]))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """``(n, t, ...)``."""
        return (None, self.frames, *input_shape[1:])

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "frames": self.frames}


@keras.saving.register_keras_serializable(package="automl")
class EveryFew(layers.Layer):
    """Take every k-th frame, from a random one on in training and from the middle one on otherwise.

    So each epoch sees other frames of a clip. ``(n, t, h, w, c)`` becomes ``(n, t // k, h, w, c)``.

    Args:
        step: k.
        seed: of the choice; None draws one.
    """

    def __init__(self, step: int, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.step, self.seed = step, seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, clips: KerasTensor, training: bool | None = False) -> KerasTensor:
        """Choose frames."""
        frames = clips.shape[1] // self.step
        parts = ops.reshape(
            clips[:, : frames * self.step], (-1, frames, self.step, *tuple(clips.shape[2:]))
        )
        if not training:
            return parts[:, :, self.step // 2]
        first = keras.random.randint((ops.shape(clips)[0],), 0, self.step, seed=self.generator)
        chosen = ops.one_hot(first, self.step, dtype=clips.dtype)
        return ops.einsum("ntkhwc,nk->nthwc", parts, chosen)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """``(n, t // k, h, w, c)``."""
        frames = None if input_shape[1] is None else input_shape[1] // self.step
        return (input_shape[0], frames, *input_shape[2:])

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "step": self.step, "seed": self.seed}


@keras.saving.register_keras_serializable(package="automl")
class Motion(layers.Layer):
    """What changes from each frame to the next, in units of what usually does; of the first frame nothing.

    Args:
        change: usual change of each channel.
        beside: whether the frames stay, in front of the changes; else these alone.
    """

    def __init__(self, change: tuple[float, ...] | list[float], beside: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.change, self.beside = tuple(change), beside

    def call(self, clips: KerasTensor) -> KerasTensor:
        """Subtract each frame from the next."""
        scale = ops.convert_to_tensor(1 / np.array(self.change, np.float32), dtype=clips.dtype)
        changes = (clips[:, 1:] - clips[:, :-1]) * scale
        changes = ops.concatenate([ops.zeros_like(clips[:, :1]), changes], axis=1)
        return ops.concatenate([clips, changes], axis=-1) if self.beside else changes

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """``(n, t, h, w, c)``, or twice as many channels."""
        channels = input_shape[-1]
        return (*input_shape[:-1], 2 * channels if self.beside and channels is not None else channels)

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "change": list(self.change), "beside": self.beside}


def augment_clips(clips: KerasTensor, options: AugmentationOptions) -> KerasTensor:
    """Change all frames of a clip in the same way: they are channels of one picture meanwhile.

    Args:
        clips: ``(n, t, h, w, c)``.
        options: see ``augmentation.augment``.
    """
    _, frames, height, width, channels = clips.shape
    pictures = layers.Reshape((height, width, frames * channels))(layers.Permute((2, 3, 1, 4))(clips))
    changed = augment(pictures, options)
    if changed is pictures:
        return clips
    apart = layers.Reshape((height, width, frames, channels))(changed)
    return layers.Permute((3, 1, 2, 4))(apart)
