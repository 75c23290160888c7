"""Examples in shards: each once, at random, and no more of them in memory than one shard."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data.cache import ArrayCache
from automl.data.large.shards import Shards, deal_out, shards_in


def dealt(folder, sizes, shards: int) -> Shards:
    """Examples 0, 1, 2, ... in parts of some sizes."""
    ends = np.cumsum(sizes)
    parts = [
        {"x": np.arange(end - size, end), "y": np.eye(4)[np.arange(end - size, end) % 4]}
        for end, size in zip(ends, sizes, strict=True)
    ]
    cache = ArrayCache(folder / "cache")
    return shards_in(
        cache.entry("key", lambda draft: deal_out(draft, parts, shards=shards, rows=sum(sizes), seed=0))
    )


@pytest.mark.parametrize("sizes", [[100], [7, 50, 0, 43], [1] * 9])
def test_each_example_is_in_one_shard_once(tmp_path, sizes):
    shards = dealt(tmp_path, sizes, 4)

    assert sorted(shards.whole("x").tolist()) == list(range(sum(sizes)))
    assert shards.rows == sum(sizes)
    assert np.ptp(shards.counts) <= 1


def test_arrays_stay_together(tmp_path):
    shards = dealt(tmp_path, [40, 60], 3)

    assert np.array_equal(shards.whole("y").argmax(axis=1), shards.whole("x") % 4)


def test_a_shard_is_a_sample_of_all_parts(tmp_path):
    shards = dealt(tmp_path, [500, 500, 500], 3)

    for shard in range(3):
        assert abs(shards.take(shard, 500)["x"].mean() - 750) < 60


def test_a_shard_is_filled_up_with_its_first_rows(tmp_path):
    shards = dealt(tmp_path, [10], 3)

    found = shards.take(1, 5)["x"].tolist()

    assert len(found) == 5
    assert found[3:] == found[:2]


def test_fewer_examples_than_there_is_room_for(tmp_path):
    cache = ArrayCache(tmp_path / "cache")
    entry = cache.entry(
        "key", lambda draft: deal_out(draft, [{"x": np.arange(5)}], shards=2, rows=50, seed=0)
    )

    assert shards_in(entry).rows == 5
