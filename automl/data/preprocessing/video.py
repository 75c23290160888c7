"""Preprocessing of videos: any number of frames of any size to the job's, then mean 0 and variance 1.

n  clips, t  frames of the job, h and w  sides, f  features
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers, ops

from automl.core.letterbox import to_size
from automl.core.targets import spread_rows
from automl.core.tensors import Footage, TensorSpec
from automl.data.kinds.kind import Column
from automl.data.kinds.part import Part
from automl.data.kinds.video import form_of
from automl.data.preprocessing.motion import MotionStatistics
from automl.data.preprocessing.pieces import Piece, tensor_name

STANDARDISED = 1_000
"""Videos that statistics are taken of."""

CHUNK = 16
"""Videos at a time, so that statistics need little memory."""


def fit_videos(part: Part) -> Piece:
    """Give two tensors for every column of videos: the ``video`` and its ``motion``.

    Raw videos are ``(n, any, any, any, 3)`` of 0 to 255. Of more frames than the job's those in the middles
    of equal parts are taken, and sizes are changed bilinearly, over the whole area of each new pixel when
    shrinking, as the reader of files does.

    Returns:
        ``video (t, h, w, 3) float32`` and ``motion (f,) float32``, both standardised.
    """
    tensors = []
    for column in part.columns:
        raw, form = part.inputs[column.input], form_of(column)
        frames = FitFrames(form.frames, form.height, form.width, name=f"{column.input}__frames")(raw)
        videos = part.raw[column.input]
        rows = part.rows[spread_rows(len(part.rows), STANDARDISED)]
        facts, variance = _statistics(videos, rows)
        normal = layers.Normalization(axis=-1, mean=list(facts.mean), variance=variance)(frames)
        layer = MotionStatistics(name=f"{column.input}__motion")
        motion = layer(frames)
        layer.standardise(_made(keras.Model(raw, motion), videos, rows))
        tensors += [
            (_spec("video", column, part, form.shape, facts), normal),
            (_spec("motion", column, part, (layer.features,), None), motion),
        ]
    return Piece(tensors=tensors)


def _spec(kind: str, column: Column, part: Part, shape: tuple[int, ...], facts: Any) -> TensorSpec:
    name = tensor_name(kind, column.input, alone=part.is_alone)
    return TensorSpec(name=name, kind=kind, shape=shape, facts=facts, source=column.input)


def _made(model: keras.Model, videos: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """What a model makes of some videos ``(rows, f)``, in batches of one size: it is compiled once."""
    parts = [
        np.resize(rows[first : first + CHUNK], min(CHUNK, len(rows)))
        for first in range(0, len(rows), CHUNK)
    ]
    made = [np.asarray(model.predict_on_batch(videos[part])) for part in parts]
    return np.concatenate(made)[: len(rows)]


def _statistics(videos: np.ndarray, rows: np.ndarray) -> tuple[Footage, list[float]]:
    """Facts on videos ``(n, t, h, w, c) uint8``, and the variance of each channel; 1 for a constant one."""
    sums = np.zeros((3, videos.shape[-1]))
    for first in range(0, len(rows), CHUNK):
        part = videos[rows[first : first + CHUNK]].astype(np.float32)
        changes = np.square(part[:, 1:] - part[:, :-1]).mean(axis=(1, 2, 3))
        moments = part.mean(axis=(1, 2, 3)), np.square(part).mean(axis=(1, 2, 3)), changes
        sums += np.stack([moment.astype(np.float64).sum(axis=0) for moment in moments])
    mean, squares, changes = sums / len(rows)
    variance = squares - np.square(mean)
    variance = np.where(variance > 1e-3, variance, 1.0)
    change = np.sqrt(np.where(changes > 1e-3, changes, 1.0) / variance)
    facts = Footage(
        mean=tuple(mean.tolist()),
        deviation=tuple(np.sqrt(variance).tolist()),
        change=tuple(change.tolist()),
    )
    return facts, variance.tolist()


@keras.saving.register_keras_serializable(package="automl")
class FitFrames(keras.layers.Layer):
    """Bring videos ``(n, any, any, any, c)`` to ``(n, t, h, w, c)``.

    Args:
        frames: t; of more, those in the middles of equal parts are taken, of fewer some are repeated.
        height: h.
        width: w.
    """

    def __init__(self, frames: int, height: int, width: int, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.frames, self.height, self.width = frames, height, width

    def call(self, videos: KerasTensor) -> KerasTensor:
        """Take frames, and change their size."""
        count, size = ops.shape(videos)[1], (self.height, self.width)
        wanted = (2 * ops.arange(self.frames, dtype="int32") + 1) * count // (2 * self.frames)
        taken = ops.take(videos, wanted, axis=1)
        (height, width), channels = ops.shape(videos)[2:4], videos.shape[-1]
        if tuple(videos.shape[2:4]) == size:
            return taken
        # no other runtime has TensorFlow's operation that resizes over whole areas
        resized = to_size(ops.reshape(taken, (-1, height, width, channels)), size, ops)
        return ops.reshape(resized, (-1, self.frames, *size, channels))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """``(n, t, h, w, c)``."""
        return (input_shape[0], self.frames, self.height, self.width, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        own = {"frames": self.frames, "height": self.height, "width": self.width}
        return {**super().get_config(), **own}
