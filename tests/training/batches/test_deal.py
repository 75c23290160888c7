"""How the examples of an epoch are dealt out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.training.batches.deal import deal, length_of, parts_per_batch, stacked
from automl.training.batches.transforms.mixup import Mixup
from automl.training.engine import Candidate, Part
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


@pytest.mark.parametrize(("epochs", "steps"), [(4, 25), (100, 1), (7, 14)])
def test_passes_of_the_options_are_cut_into_all_epochs(epochs: int, steps: int) -> None:
    plain = candidate()
    often = replace(plain, options=replace(plain.options, passes=32), epochs=epochs)

    length = length_of(often, 50)

    assert (length.steps, length.streamed) == (steps, True)


def test_passes_are_those_over_the_rows_of_a_part() -> None:
    plain = candidate()
    part = Part(train=np.arange(32, dtype=np.int32), validation=np.arange(8, dtype=np.int32))
    often = replace(plain, options=replace(plain.options, passes=10), epochs=5, parts=(part, part))

    assert length_of(often, 40).steps == 4


def test_fewer_examples_than_a_batch_are_one_smaller_batch() -> None:
    assert deal(candidate(), 5, epoch=0).rows.shape == (1, 5)


@pytest.mark.parametrize(("wanted", "size", "parts"), [(1, 16, 1), (3, 16, 4), (5, 15, 5), (40, 16, 16)])
def test_a_batch_is_parted_evenly(wanted: int, size: int, parts: int) -> None:
    assert parts_per_batch(wanted, size) == parts


def streamed(steps: int, **options: object) -> Candidate:
    return replace(candidate(**options), steps_per_epoch=steps)


def test_a_stream_is_pass_after_pass_in_stretches_of_so_many_steps() -> None:
    rows = np.concatenate([deal(streamed(5), 50, epoch).rows[:5].ravel() for epoch in range(5)])

    assert len(rows) == 5 * 5 * 16
    for number in range(8):
        assert sorted(rows[50 * number : 50 * (number + 1)]) == list(range(50))
    assert list(rows[:50]) != list(rows[50:100])


def test_a_shorter_stream_begins_like_the_longer_one() -> None:
    subject = streamed(40)
    length = length_of(subject, 50)

    short = deal(subject, 50, 0, length.shortened(9)).rows

    np.testing.assert_array_equal(short[:9], deal(subject, 50, 0).rows[:9])
    assert len(short) == length.room == 64


def test_streams_of_many_lengths_share_a_shape() -> None:
    assert {deal(streamed(steps), 50, 0).rows.shape for steps in range(33, 65)} == {(64, 16)}


def test_a_length_knows_how_many_epochs_make_a_pass() -> None:
    assert length_of(streamed(2), 64).epochs_per_pass == 2
    assert length_of(streamed(2), 64).shortened(1).epochs_per_pass == 4
    assert length_of(replace(candidate(), epochs_per_pass=3), 64).epochs_per_pass == 3


def test_only_the_rows_of_a_part_are_dealt() -> None:
    chosen = np.arange(7, 50, 3, dtype=np.int32)

    rows = deal(candidate(Mixup(mixup=0.4), batch_size=4), chosen, epoch=0).rows

    assert set(rows.ravel()) == set(chosen)
    assert rows.dtype == np.int32


def test_parts_of_unequal_size_have_as_many_steps_as_the_largest() -> None:
    held = np.arange(1, dtype=np.int32)
    parts = tuple(Part(train=np.arange(count, dtype=np.int32), validation=held) for count in (20, 33))

    length = length_of(replace(candidate(), parts=parts), 50)

    assert (length.steps, length.size) == (3, 16)
    assert deal(candidate(), parts[0].train, 0, length).rows.shape == (3, 16)


def test_batches_of_several_trainings_lie_side_by_side() -> None:
    mixed = candidate(Mixup(mixup=0.4))
    each = [deal(replace(mixed, seed=seed), 50, epoch=0) for seed in (1, 2)]

    both = stacked(each)

    for number, one in enumerate(each):
        np.testing.assert_array_equal(both.rows[number], one.rows)
        for name, drawn in one.draws[0].items():
            np.testing.assert_array_equal(both.draws[0][name][number], drawn)
    assert stacked(each[:1]).rows.shape == (1, 4, 16)
