"""Batches as Keras' ``fit`` takes them."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.training.batches.streamed import StreamedBatches
from automl.training.batches.transforms.mixup import Mixup
from tests.training.batches.examples import TARGETS, X, candidate


def test_the_parts_of_a_batch_make_up_the_batch() -> None:
    whole = StreamedBatches(candidate(), {"numeric": X}, TARGETS)
    parted = StreamedBatches(candidate(accumulation=4), {"numeric": X}, TARGETS)

    assert len(parted) == 4 * len(whole)
    together = np.concatenate([parted[position][0]["numeric"] for position in range(4, 8)])
    np.testing.assert_array_equal(together, whole[1][0]["numeric"])


@pytest.mark.parametrize(
    ("size", "parts", "grain", "given"), [(16, 1, 2, 16), (15, 1, 2, 16), (6, 6, 4, 4)]
)
def test_parts_are_filled_up_to_their_grain_with_their_first_examples(
    size: int, parts: int, grain: int, given: int
) -> None:
    one = candidate(batch_size=size, accumulation=parts)

    filled = StreamedBatches(one, {"numeric": X}, TARGETS, grain=grain)
    plain = StreamedBatches(one, {"numeric": X}, TARGETS)

    inputs, targets = filled[0]
    assert len(filled) == len(plain)
    np.testing.assert_array_equal(inputs["numeric"], np.resize(plain[0][0]["numeric"], (given, 6)))
    np.testing.assert_array_equal(targets["target"], np.resize(plain[0][1]["target"], (given, 1)))


def test_a_transform_that_cannot_act_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="tokens holds whole ones"):
        StreamedBatches(candidate(Mixup(mixup=0.4)), {"tokens": np.zeros((50, 3), np.int32)}, TARGETS)


def test_parts_of_a_changed_batch_make_up_the_changed_batch() -> None:
    whole = StreamedBatches(candidate(Mixup(mixup=0.4)), {"numeric": X}, TARGETS)
    parted = StreamedBatches(candidate(Mixup(mixup=0.4), accumulation=4), {"numeric": X}, TARGETS)

    inputs, targets = zip(*(parted[position] for position in range(4, 8)), strict=True)
    np.testing.assert_array_equal(
        np.concatenate([part["numeric"] for part in inputs]), whole[1][0]["numeric"]
    )
    np.testing.assert_array_equal(
        np.concatenate([part["target"] for part in targets]), whole[1][1]["target"]
    )
