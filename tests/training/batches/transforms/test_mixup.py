"""Mixup: what is drawn, and what comes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.training.batches.deal import deal
from automl.training.batches.streamed import StreamedBatches
from automl.training.batches.transforms.mixup import Mixup
from automl.training.batches.transforms.transform import Batch, Kinds
from tests.training.batches.examples import TARGETS, X, Y, candidate

MIXED = candidate(Mixup(mixup=0.4))


@pytest.mark.parametrize(("epoch", "stream"), [(2, [3, 1]), (3, [3, 1, 1])])
def test_partners_and_shares_follow_from_seed_and_epoch(epoch: int, stream: list[int]) -> None:
    dealt = deal(replace(MIXED, epochs_per_pass=2), 50, epoch)

    random = np.random.default_rng(stream)
    if len(stream) == 2:
        random.permutation(50)  # the order of the pass comes first
    np.testing.assert_array_equal(dealt.draws[0]["partners"], random.permuted(dealt.rows, axis=1))
    shares = random.beta(0.4, 0.4, dealt.rows.shape).astype(np.float32)
    np.testing.assert_array_equal(dealt.draws[0]["shares"], shares)


def test_each_example_is_the_weighted_mean_of_two() -> None:
    batches, dealt = StreamedBatches(MIXED, {"numeric": X}, TARGETS), deal(MIXED, 50, 0)

    inputs, targets = batches[1]

    share, partners = dealt.draws[0]["shares"][1][:, None], dealt.draws[0]["partners"][1]
    for mixed, whole in ((inputs["numeric"], X), (targets["target"], Y)):
        expected = share * whole[dealt.rows[1]] + (1 - share) * whole[partners]
        np.testing.assert_array_equal(mixed, expected)
        assert mixed.dtype == np.float32


def test_mixed_targets_fit_mixed_inputs() -> None:
    inputs, targets = StreamedBatches(MIXED, {"numeric": X}, TARGETS)[0]

    sums = inputs["numeric"].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(sums, targets["target"], rtol=1e-4, atol=1e-5)
    assert not np.isin(inputs["numeric"][:, 0], X[:, 0]).all()


def test_whole_numbers_cannot_be_mixed() -> None:
    whole = np.zeros((50, 3), np.int32)
    tokens = Batch(inputs={"tokens": whole}, targets=TARGETS, kinds=Kinds())
    codes = Batch(inputs={"numeric": X}, targets={"code": whole}, kinds=Kinds())

    with pytest.raises(ConfigError, match="inputs of real numbers, tokens holds whole ones"):
        Mixup(mixup=0.4).check(tokens)
    with pytest.raises(ConfigError, match="mixup needs targets of real numbers"):
        Mixup(mixup=0.4).check(codes)


def test_no_concentration_is_no_mixup() -> None:
    assert not Mixup().active
    assert Mixup(mixup=0.1).active
