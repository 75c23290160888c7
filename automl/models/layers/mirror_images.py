"""Predictions for a picture and for its mirror image, averaged: the usual test-time augmentation.

A network that saw both in training judges both; the mean is right more often than either (Krizhevsky et
al., 2012, averaged ten views). It is part of the model, so the exported one does it, too.

b  pictures of a batch
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import keras
from keras import layers, ops

if TYPE_CHECKING:
    from keras import KerasTensor


def with_mirror_images(
    image: KerasTensor, build: Callable[[KerasTensor], Sequence[KerasTensor]], *, wanted: bool
) -> list[KerasTensor]:
    """Build maps on pictures; in prediction each is the mean of those of a picture and of its mirror image.

    Args:
        image: ``(b, height, width, channels)``.
        build: from pictures to maps ``(b, height, width, features)``.
        wanted: whether mirror images are looked at.
    """
    if not wanted:
        return [*build(image)]
    return [MeanOfMirrorImages()(item) for item in build(WithMirrorImages()(image))]


@keras.saving.register_keras_serializable(package="automl")
class WithMirrorImages(layers.Layer):
    """From pictures ``(b, ...)`` to those and their mirror images ``(2 b, ...)``; in training they stay."""

    def call(self, image: KerasTensor, training: bool | None = False) -> KerasTensor:
        """Put the mirror images behind the pictures."""
        return image if training else ops.concatenate([image, ops.flip(image, axis=2)], axis=0)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of the input, of a batch of any size."""
        return (None, *input_shape[1:])


@keras.saving.register_keras_serializable(package="automl")
class MeanOfMirrorImages(layers.Layer):
    """From maps ``(2 b, height, ...)`` to the mean of both halves, the second one mirrored back."""

    def call(self, maps: KerasTensor, training: bool | None = False) -> KerasTensor:
        """Average the maps; in training they stay."""
        if training:
            return maps
        plain, mirrored = ops.split(maps, 2, axis=0)
        return (plain + ops.flip(mirrored, axis=2)) / 2

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of the input, of a batch of any size."""
        return (None, *input_shape[1:])


@keras.saving.register_keras_serializable(package="automl")
class WithoutMirrorImages(layers.Layer):
    """From maps ``(2 b, height, ...)`` to those of the pictures themselves; in training they stay."""

    def call(self, maps: KerasTensor, training: bool | None = False) -> KerasTensor:
        """Leave out the second half."""
        return maps if training else ops.split(maps, 2, axis=0)[0]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of the input, of a batch of any size."""
        return (None, *input_shape[1:])
