"""Preprocessing of images: any size to the job's size, then zero mean and unit variance per channel."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from automl.core.specs import InputSpec
from automl.data.modality import Preprocessing

CHUNK = 1024
"""Pictures summed at a time, so that statistics need little memory."""


def fit_images(pixels: np.ndarray, rows: np.ndarray) -> Preprocessing:
    """Fit the statistics of the channels and build the preprocessing model.

    Raw pictures of any size are resized bilinearly, over the whole area of each new pixel when shrinking,
    as the reader of files does; pictures of the job's size pass unchanged.

    Args:
        pixels: ``(n, height, width, channels)`` raw values of any scale.
        rows: positions of the training part.

    Returns:
        a preprocessing whose one tensor is ``image`` ``(height, width, channels) float32``.
    """
    height, width, channels = pixels.shape[1:]
    mean, variance = channel_statistics(pixels, rows)
    raw = keras.Input((None, None, channels), dtype="float32", name="image")
    resized = layers.Resizing(height, width, interpolation="bilinear", antialias=True)(raw)
    normal = layers.Normalization(axis=-1, mean=mean.tolist(), variance=variance.tolist())(resized)
    spec = InputSpec(
        name="image",
        shape=(height, width, channels),
        mean=tuple(mean.tolist()),
        deviation=tuple(np.sqrt(variance).tolist()),
    )
    return Preprocessing(inputs=(spec,), model=keras.Model({"image": raw}, {"image": normal}))


def channel_statistics(pixels: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance per channel ``(channels,) float64``; 1 for a constant one."""
    total = np.zeros(pixels.shape[-1])
    squares = np.zeros(pixels.shape[-1])
    for start in range(0, len(rows), CHUNK):
        part = pixels[rows[start : start + CHUNK]].astype(np.float64)
        total += part.sum(axis=(0, 1, 2))
        squares += np.square(part).sum(axis=(0, 1, 2))
    count = len(rows) * pixels.shape[1] * pixels.shape[2]
    mean = total / count
    variance = squares / count - np.square(mean)
    return mean, np.where(variance > 1e-12 * np.maximum(1, np.square(mean)), variance, 1.0)
