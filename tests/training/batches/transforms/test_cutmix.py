"""CutMix: what is pasted, and what share of the target comes with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.training.batches.deal import deal
from automl.training.batches.streamed import StreamedBatches
from automl.training.batches.transforms.cutmix import CutMix
from automl.training.batches.transforms.transform import Batch, Kinds
from tests.training.batches.examples import candidate

ROWS, HEIGHT, WIDTH = 48, 10, 6
# every pixel and the target tell which example they are of
NUMBERS = np.arange(ROWS, dtype=np.float32)
PICTURES = np.broadcast_to(NUMBERS[:, None, None, None], (ROWS, HEIGHT, WIDTH, 2)).copy()
TARGETS = {"target": np.eye(ROWS, dtype=np.float32)}
PASTED = candidate(CutMix(cutmix=1.0))


def batch(step: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pictures, targets, positions of the examples and of their partners."""
    dealt = deal(PASTED, ROWS, 0)
    inputs, targets = StreamedBatches(PASTED, {"image": PICTURES}, TARGETS)[step]
    return inputs["image"], targets["target"], dealt.rows[step], dealt.draws[0]["partners"][step]


def test_the_share_of_the_target_is_that_of_the_pixels() -> None:
    pictures, targets, rows, partners = batch()

    for picture, target, row, partner in zip(pictures, targets, rows, partners, strict=True):
        kept = float((picture == row).mean())
        assert set(np.unique(picture)) <= {float(row), float(partner)}
        assert target[row] == pytest.approx(kept if row != partner else 1.0, abs=1e-6)
        assert target.sum() == pytest.approx(1.0, abs=1e-6)


def test_what_is_pasted_is_one_rectangle_over_all_channels() -> None:
    pictures, _, rows, _ = batch()

    for picture, row in zip(pictures, rows, strict=True):
        pasted = picture != row
        np.testing.assert_array_equal(pasted[..., 0], pasted[..., 1])
        lines, columns = pasted[..., 0].any(axis=1), pasted[..., 0].any(axis=0)
        np.testing.assert_array_equal(pasted[..., 0], np.outer(lines, columns))
        assert np.abs(np.diff(lines.astype(int))).sum() <= 2


def test_a_whole_rectangle_takes_its_share_of_the_area() -> None:
    boxes = CutMix(cutmix=1.0).draw(np.random.default_rng(0), np.zeros((100, 50), np.int32))["boxes"]

    sides = boxes[..., 2:] - boxes[..., :2]
    np.testing.assert_allclose(sides[..., 0], sides[..., 1], atol=1e-6)
    # of Beta(1, 1) half remains on average
    assert float((sides[..., 0] * sides[..., 1]).mean()) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    "inputs",
    [
        {"numeric": np.zeros((9, 3), np.float32)},
        {"image": np.zeros((9, 4, 4, 1), np.float32), "numeric": np.zeros((9, 3), np.float32)},
        {"one": np.zeros((9, 4, 4, 1), np.float32), "two": np.zeros((9, 5, 4, 1), np.float32)},
    ],
)
def test_only_pictures_of_one_size_are_cut(inputs: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="cutmix needs images of one size and no other inputs"):
        CutMix(cutmix=1.0).check(Batch(inputs=inputs, targets=TARGETS, kinds=Kinds()))


def test_targets_of_whole_numbers_cannot_be_mixed() -> None:
    data = Batch(inputs={"image": PICTURES}, targets={"code": np.arange(ROWS)}, kinds=Kinds())

    with pytest.raises(ConfigError, match="cutmix needs targets of real numbers"):
        CutMix(cutmix=1.0).check(data)
