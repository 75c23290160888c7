"""Sounds shifted and played at other speeds: what is uncovered, cut, and left of true lengths."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.training.batches.transforms.speed import Speed
from automl.training.batches.transforms.time_shift import TimeShift
from automl.training.batches.transforms.transform import Batch, BatchTransform, Kinds


def batch(*sounds: list[float]) -> Batch:
    return Batch(
        inputs={"sound": np.array(sounds, np.float32), "numeric": np.ones((len(sounds), 2), np.float32)},
        targets={"target": np.ones((len(sounds), 1), np.float32)},
        kinds=Kinds(inputs={"sound": "sound", "numeric": "numeric"}),
    )


def changed(transform: BatchTransform, data: Batch, **draws: list[float]) -> np.ndarray:
    drawn = {name: np.array(values, np.float32) for name, values in draws.items()}
    after = transform.apply(data, drawn, lambda rows: data)
    assert after.inputs["numeric"] is data.inputs["numeric"]
    assert after.targets is data.targets
    return after.inputs["sound"]


NONE = float("nan")


def test_what_a_shift_uncovers_is_silence_and_padding_stays_padding() -> None:
    data = batch([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, NONE, NONE], [1, 2, NONE, NONE], [NONE] * 4)

    after = changed(TimeShift(time_shift=0.5), data, shifts=[0.25, -0.25, 0.25, -0.25, 0.25])

    wanted = [[0, 1, 2, 3], [2, 3, 4, 0], [0, 1, 2, NONE], [2, NONE, NONE, NONE], [NONE] * 4]
    np.testing.assert_array_equal(after, wanted)


def test_faster_sounds_are_shorter_and_slower_ones_are_cut() -> None:
    data = batch([0, 2, 4, 6, NONE, NONE], [0, 2, 4, 6, 8, 10])

    faster = changed(Speed(speed=1.0), data, speeds=[2.0, 2.0])
    slower = changed(Speed(speed=1.0), data, speeds=[0.5, 0.5])

    np.testing.assert_array_equal(faster, [[0, 4, NONE, NONE, NONE, NONE], [0, 4, 8, 0, 0, 0]])
    np.testing.assert_array_equal(slower, [[0, 1, 2, 3, 4, 5]] * 2)


def test_speeds_are_as_often_higher_as_lower() -> None:
    speeds = Speed(speed=0.25).draw(np.random.default_rng(0), np.zeros((50, 40), np.int32))["speeds"]

    assert speeds.min() >= 1 / 1.2501
    assert speeds.max() <= 1.2501
    assert np.log(speeds).mean() == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("transform", [TimeShift(time_shift=0.1), Speed(speed=0.1)])
def test_data_without_sounds_is_refused(transform: BatchTransform) -> None:
    data = Batch(inputs={"a": np.ones((2, 3))}, targets={}, kinds=Kinds(inputs={"a": "numeric"}))

    with pytest.raises(ConfigError, match="needs sounds"):
        transform.check(data)
