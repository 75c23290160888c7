"""Statistics of motion in videos: how much moves, how fast, how abruptly, in one place or one way.

Light that changes everywhere at once is taken out first. Speeds come from brightness alone: within a cell
all places are taken to move alike (Lucas and Kanade, 1981). How speeds change from frame to frame tells
violent scenes from calm ones (Hassner et al., 2012; Deniz et al., 2014).

n  clips, t  frames, h and w  sides, k  cells of a clip's changes, f  features
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.data.preprocessing.fixed_features import FixedFeatures

CELLS = 8
"""Cells along each side of a frame, about."""

SHARES = (0.5, 0.75, 0.9, 0.99)
"""Places in the order of values that are told of each quantity."""

LEVELS = (0.02, 0.04, 0.08, 0.16, 0.32)
"""Changes of brightness that count as ever stronger ones, as shares of the whole range."""

LEAST = 1e-4
"""What is smaller is noise of the camera."""

CONSTANT = 1e-2
"""Deviation of a logarithm or a share below which it tells nothing."""

FLAT = 1e-3
"""Added to the contrast of a cell, so that where there is none nothing moves."""

GREY = (0.299, 0.587, 0.114)
"""Weights of ITU-R BT.601."""


@keras.saving.register_keras_serializable(package="automl")
class MotionStatistics(FixedFeatures):
    """From videos ``(n, t, h, w, 3)`` of 0 to 255, t > 1, to standardised features ``(n, f)``."""

    @property
    def features(self) -> int:
        """F."""
        return 4 + len(LEVELS) + 4 * (2 + len(SHARES)) + 6

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make room for mean and deviation."""
        self.make_scales()

    def standardise(self, features: np.ndarray) -> None:
        """Leave features as they are that hardly differ: what is left of them is rounding."""
        super().standardise(features)
        deviation = features.std(axis=0)
        self.scale.assign(np.where(deviation > CONSTANT, deviation, 1.0))

    def call(self, videos: KerasTensor) -> KerasTensor:
        """Make the statistics of each clip by itself."""
        return self.standardised(motion_statistics(videos))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """``(n, f)``."""
        return (input_shape[0], self.features)


def motion_statistics(videos: Any) -> Any:
    """Return the features ``(n, f)`` of videos ``(n, t, h, w, 3)``, before they are standardised."""
    grey = ops.sum(videos * np.array(GREY, np.float32), axis=-1) / 255
    change = grey[:, 1:] - grey[:, :-1]
    change = change - ops.mean(change, axis=(2, 3), keepdims=True)
    amount = ops.abs(change)
    across, down = flow((grey[:, 1:] + grey[:, :-1]) / 2, change)
    speed = ops.sqrt(ops.square(across) + ops.square(down) + 1e-12)
    jerk = ops.sqrt(ops.square(_steps(across)) + ops.square(_steps(down)) + 1e-12)
    cells = _cells(amount)
    overall = ops.mean(amount, axis=(2, 3))
    stronger = [ops.mean(ops.cast(amount > level, "float32"), axis=(1, 2, 3)) for level in LEVELS]
    series = [ops.mean(overall, 1), ops.std(overall, 1), ops.max(overall, 1), ops.min(overall, 1)]
    parts = [
        *(_log(item)[:, None] for item in (*series, *stronger)),
        *(_spread(item) for item in (cells, ops.abs(_steps(cells)), speed, jerk)),
        _places(cells),
        _agreement(across, down, speed),
        _rhythm(change),
    ]
    return ops.concatenate(parts, axis=1)


def flow(frames: Any, change: Any) -> tuple[Any, Any]:
    """Return speeds in pixels per frame, across and down, of the cells of ``(n, t, h, w)``.

    Args:
        frames: brightness between two frames, 0 to 1.
        change: from the first of them to the second.
    """
    right, lower = _slope(frames, 3), _slope(frames, 2)
    xx, yy = _cells(right * right) + FLAT, _cells(lower * lower) + FLAT
    xy, xt, yt = _cells(right * lower), _cells(right * change), _cells(lower * change)
    whole = xx * yy - xy * xy
    return (xy * yt - yy * xt) / whole, (xy * xt - xx * yt) / whole


def _slope(frames: Any, axis: int) -> Any:
    """Half the difference of the neighbours along an axis; at the edges the pixel itself is one of them."""
    size = frames.shape[axis]
    places = np.arange(size)
    after = ops.take(frames, np.minimum(places + 1, size - 1), axis=axis)
    before = ops.take(frames, np.maximum(places - 1, 0), axis=axis)
    return (after - before) / 2


def _cells(frames: Any) -> Any:
    """Means over square cells of ``(n, t, h, w)``; what is left over at the right and below is left out."""
    times, height, width = frames.shape[1:]
    side = max(1, min(height, width) // CELLS)
    rows, columns = height // side, width // side
    kept = frames[:, :, : rows * side, : columns * side]
    return ops.mean(ops.reshape(kept, (-1, times, rows, side, columns, side)), axis=(3, 5))


def _steps(values: Any) -> Any:
    """What changes from each time to the next; of a single time, nothing."""
    return values[:, 1:] - values[:, :-1] if values.shape[1] > 1 else values * 0.0


def _log(values: Any) -> Any:
    return ops.log(values + LEAST)


def _spread(values: Any) -> Any:
    """Mean, deviation and places in the order of ``(n, t, ...)``, as logarithms ``(n, f)``."""
    flat = ops.reshape(values, (-1, int(np.prod(values.shape[1:]))))
    ordered = ops.sort(flat, axis=1)
    last = flat.shape[1] - 1
    picked = [ordered[:, round(share * last)] for share in SHARES]
    return _log(ops.stack([ops.mean(flat, axis=1), ops.std(flat, axis=1), *picked], axis=1))


def _places(cells: Any) -> Any:
    """How much of all change is in the busiest twentieth and fifth of the cells ``(n, 2)``."""
    shares = ops.mean(cells, axis=1)
    flat = ops.reshape(shares, (-1, shares.shape[1] * shares.shape[2]))
    ordered = ops.flip(ops.sort(flat, axis=1), axis=1)
    whole = ops.sum(flat, axis=1) + LEAST
    few = [max(1, flat.shape[1] // part) for part in (20, 5)]
    return ops.stack([ops.sum(ordered[:, :count], axis=1) / whole for count in few], axis=1)


def _agreement(across: Any, down: Any, speed: Any) -> Any:
    """Mean and deviation over time of how far everything moves one way, from 0 to 1 ``(n, 2)``."""
    together = ops.square(ops.sum(across, axis=(2, 3))) + ops.square(ops.sum(down, axis=(2, 3)))
    agreed = ops.sqrt(together + 1e-12) / (ops.sum(speed, axis=(2, 3)) + LEAST)
    return ops.stack([ops.mean(agreed, axis=1), ops.std(agreed, axis=1)], axis=1)


def _rhythm(change: Any) -> Any:
    """How changes go with those one and two frames later ``(n, 2)``, from -1 to 1."""
    strength = ops.sum(ops.square(change), axis=(1, 2, 3)) + LEAST
    found = [
        ops.sum(change[:, lag:] * change[:, :-lag], axis=(1, 2, 3)) / strength
        if change.shape[1] > lag
        else strength * 0.0
        for lag in (1, 2)
    ]
    return ops.stack(found, axis=1)
