"""Videos shifted in time and played at other speeds: frames at the ends stand still."""

from __future__ import annotations

import numpy as np

from automl.training.batches.transforms.speed import Speed
from automl.training.batches.transforms.time_shift import TimeShift
from automl.training.batches.transforms.transform import Batch, BatchTransform, Kinds


def changed(transform: BatchTransform, frames: list[float], **draws: list[float]) -> list[list[float]]:
    count = len(next(iter(draws.values())))
    video = np.repeat(np.array(frames, np.float32).reshape(1, -1, 1, 1, 1), count, axis=0)
    data = Batch(inputs={"clip": video}, targets={}, kinds=Kinds(inputs={"clip": "video"}))
    drawn = {name: np.array(values, np.float32) for name, values in draws.items()}
    after = transform.apply(data, drawn, lambda rows: data).inputs["clip"]
    assert after.shape == video.shape
    rows: list[list[float]] = after[..., 0, 0, 0].tolist()
    return rows


def test_a_shifted_video_stands_still_at_its_end() -> None:
    after = changed(TimeShift(time_shift=0.5), [1, 2, 3, 4], shifts=[0.25, -0.5, 0.1])

    assert after == [[1, 1, 2, 3], [3, 4, 4, 4], [1, 2, 3, 4]]


def test_a_video_is_played_around_its_middle() -> None:
    after = changed(Speed(speed=1.0), [1, 2, 3, 4, 5], speeds=[2.0, 0.5, 1.0])

    assert after == [[1, 1, 3, 5, 5], [2, 3, 3, 4, 4], [1, 2, 3, 4, 5]]
