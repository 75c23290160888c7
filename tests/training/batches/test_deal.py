"""How the examples of an epoch are dealt out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.training.batches.deal import deal, parts_per_batch
from automl.training.batches.transforms.mixup import Mixup
from tests.training.batches.examples import candidate


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
    divided = replace(candidate(Mixup(mixup=0.4)), epochs_per_pass=2)

    first, second = (deal(divided, 50, epoch).draws[0]["shares"] for epoch in (0, 1))

    assert not np.array_equal(first, second)


def test_a_transform_changes_nothing_of_the_order() -> None:
    mixed, plain = deal(candidate(Mixup(mixup=0.4)), 50, epoch=1), deal(candidate(), 50, epoch=1)

    np.testing.assert_array_equal(mixed.rows, plain.rows)
    assert plain.draws == ()


def test_fewer_examples_than_a_batch_are_one_smaller_batch() -> None:
    assert deal(candidate(), 5, epoch=0).rows.shape == (1, 5)


@pytest.mark.parametrize(("wanted", "size", "parts"), [(1, 16, 1), (3, 16, 4), (5, 15, 5), (40, 16, 16)])
def test_a_batch_is_parted_evenly(wanted: int, size: int, parts: int) -> None:
    assert parts_per_batch(wanted, size) == parts
