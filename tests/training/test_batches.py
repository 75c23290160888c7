"""How the examples of an epoch are dealt out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.training.batches import DealtBatches, deal, parts_per_batch
from automl.training.engine import Candidate, TrainingOptions

X = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32)
Y = X.sum(axis=1, keepdims=True)


def candidate(**options: object) -> Candidate:
    chosen = TrainingOptions(**{"batch_size": 16, **options})  # type: ignore[arg-type]
    return Candidate(model=None, loss=None, options=chosen, epochs=2, seed=3)  # type: ignore[arg-type]


def test_all_batches_are_full_and_every_example_is_seen() -> None:
    rows = deal(candidate(), 50, epoch=0).rows

    assert rows.shape == (4, 16)
    assert set(rows.ravel()) == set(range(50))
    np.testing.assert_array_equal(rows.ravel()[50:], rows.ravel()[:14])


def test_the_order_follows_from_seed_and_epoch_alone() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        return list(deal(replace(candidate(), seed=seed), 50, epoch).rows.ravel())

    assert order(3, 1) == order(3, 1)
    assert order(3, 1) != order(3, 0)
    assert order(3, 1) != order(4, 1)


def test_the_parts_of_a_divided_pass_make_up_the_pass() -> None:
    divided = replace(candidate(), epochs_per_pass=2)

    parts = [deal(divided, 50, epoch).rows for epoch in (2, 3)]

    assert [part.shape for part in parts] == [(2, 16), (2, 16)]
    np.testing.assert_array_equal(np.concatenate(parts), deal(candidate(), 50, epoch=1).rows)


def test_each_part_of_a_divided_pass_is_mixed_in_its_own_way() -> None:
    divided = replace(candidate(mixup=0.4), epochs_per_pass=2)

    first, second = (deal(divided, 50, epoch).shares for epoch in (0, 1))

    assert first is not None
    assert not np.array_equal(first, second)


def test_fewer_examples_than_a_batch_are_one_smaller_batch() -> None:
    assert deal(candidate(), 5, epoch=0).rows.shape == (1, 5)


@pytest.mark.parametrize(("wanted", "size", "parts"), [(1, 16, 1), (3, 16, 4), (5, 15, 5), (40, 16, 16)])
def test_a_batch_is_parted_evenly(wanted: int, size: int, parts: int) -> None:
    assert parts_per_batch(wanted, size) == parts


def test_the_parts_of_a_batch_make_up_the_batch() -> None:
    whole = DealtBatches(candidate(), {"numeric": X}, Y)
    parted = DealtBatches(candidate(accumulation=4), {"numeric": X}, Y)

    assert len(parted) == 4 * len(whole)
    together = np.concatenate([parted[position][0]["numeric"] for position in range(4, 8)])
    np.testing.assert_array_equal(together, whole[1][0]["numeric"])


def test_mixed_targets_fit_mixed_inputs() -> None:
    inputs, targets = DealtBatches(candidate(mixup=0.4), {"numeric": X}, Y)[0]

    np.testing.assert_allclose(inputs["numeric"].sum(axis=1, keepdims=True), targets, rtol=1e-4, atol=1e-5)
    assert not np.isin(inputs["numeric"][:, 0], X[:, 0]).all()


def test_whole_numbers_cannot_be_mixed() -> None:
    with pytest.raises(ConfigError, match="tokens holds whole ones"):
        DealtBatches(candidate(mixup=0.4), {"tokens": np.zeros((50, 3), np.int32)}, Y)


@pytest.mark.parametrize(
    ("size", "parts", "grain", "given"), [(16, 1, 2, 16), (15, 1, 2, 16), (6, 6, 4, 4)]
)
def test_parts_are_filled_up_to_their_grain_with_their_first_examples(
    size: int, parts: int, grain: int, given: int
) -> None:
    one = candidate(batch_size=size, accumulation=parts)

    filled = DealtBatches(one, {"numeric": X}, Y, grain=grain)
    plain = DealtBatches(one, {"numeric": X}, Y)

    inputs, targets = filled[0]
    assert len(filled) == len(plain)
    np.testing.assert_array_equal(inputs["numeric"], np.resize(plain[0][0]["numeric"], (given, 6)))
    np.testing.assert_array_equal(targets, np.resize(plain[0][1], (given, 1)))
