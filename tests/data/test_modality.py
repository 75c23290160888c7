"""Examples: whatever their targets look like, positions take them apart."""

from __future__ import annotations

import numpy as np

from automl.core.targets import ragged
from automl.data.cache import key_of
from automl.data.modality import Dataset, Examples
from automl.data.splits import make_folds

ROWS = 20
BOXES = ragged(np.full((row % 4, 4), float(row)) for row in range(ROWS))


def examples() -> Examples:
    return Examples(
        inputs={"x": np.arange(float(ROWS))},
        targets={"boxes": BOXES, "count": np.arange(ROWS, dtype=np.int32) % 4},
    )


def test_every_target_is_taken_and_keeps_its_type() -> None:
    taken = examples().take(np.array([7, 3, 4])).targets

    assert taken is not None
    assert [box.shape for box in taken["boxes"]] == [(3, 4), (3, 4), (0, 4)]
    assert (taken["boxes"].dtype, taken["count"].dtype) == (np.dtype(object), np.dtype(np.int32))
    assert taken["count"].tolist() == [3, 3, 0]


def test_folds_hold_the_ragged_targets_of_their_rows() -> None:
    made = Dataset(examples=examples(), schema={}, task="regression", target_names=("boxes", "count"))

    for fold in make_folds(made, folds=4, seed=0):
        part = made.examples.take(fold.validation)
        assert part.targets is not None
        assert [len(box) for box in part.targets["boxes"]] == part.targets["count"].tolist()
        assert all(
            (box == row).all() for box, row in zip(part.targets["boxes"], fold.validation, strict=True)
        )


def test_keys_of_the_cache_know_every_value_of_a_ragged_target() -> None:
    long = np.arange(2000.0)
    other = long.copy()
    other[1000] = -1  # as text NumPy leaves the middle of a long array out

    assert key_of(ragged([long, long[:3]])) == key_of(ragged([long.copy(), long[:3]]))
    assert key_of(ragged([long, long[:3]])) != key_of(ragged([other, long[:3]]))
