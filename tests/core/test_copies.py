"""How many of a tensor there are for an example, where layers part examples and join them."""

from __future__ import annotations

import keras
import numpy as np

from automl.core.copies import copies
from automl.models.layers.clips import FramesApart, FramesTogether
from automl.training.footprint import activation_bytes


def test_frames_count_as_often_as_there_are() -> None:
    clips = keras.Input((5, 4, 4, 1))
    frames = FramesApart()(clips)
    dense = keras.layers.Dense(3)(frames)
    joined = FramesTogether(5)(dense)
    model = keras.Model(clips, joined)

    number = copies(model.operations)

    assert [number[id(item)] for item in (clips, frames, dense, joined)] == [1, 5, 5, 1]
    alone = keras.Model(entry := keras.Input((4, 4, 1)), keras.layers.Dense(3)(entry))
    rest = 4 * 5 * 16  # the clips themselves
    assert activation_bytes(model) == 5 * (activation_bytes(alone) - 4 * 16) + rest
    assert model(np.zeros((2, 5, 4, 4, 1))).shape == (2, 5, 4, 4, 3)
