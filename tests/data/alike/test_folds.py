"""Copies stay on one side of a random split, and other splits are left as they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from automl.data.alike.folds import kept_together, notes_on_moved
from automl.data.alike.sets import Alike
from automl.data.modality import Dataset, Examples
from automl.data.splits import make_folds

N = 200


def data(**facts: Any) -> Dataset:
    examples = Examples(
        inputs={"image": np.zeros((N, 8, 8, 1))},
        targets={"target": np.resize(np.array(["a", "b"], object), N)},
        keys={"file": np.array([f"{at}.png" for at in range(N)], object)},
        **facts,
    )
    return Dataset(examples=examples, schema={}, task="binary", target_names=("y",))


def pairs(count: int = 20) -> Alike:
    """The last examples are copies of the first ones."""
    sets = np.arange(N)
    sets[N - count :] = sets[:count]
    return Alike(sets=sets, equal=np.arange(N), what="images", near=True)


@pytest.mark.parametrize("count", [None, 5])
def test_copies_are_on_one_side(count):
    dataset, alike = data(), pairs()
    folds = make_folds(dataset, folds=count, seed=0)

    kept = kept_together(folds, dataset, alike)

    for fold in kept:
        assert not np.isin(alike.sets[fold.validation], alike.sets[fold.train]).any()
        assert len(fold.train) + len(fold.validation) == N
    if count:
        assert sorted(np.concatenate([fold.validation for fold in kept])) == list(range(N))


def test_what_was_moved_is_told():
    dataset, alike = data(), pairs()
    folds = make_folds(dataset, folds=5, seed=0)

    (note,) = notes_on_moved(folds, kept_together(folds, dataset, alike), dataset, alike)

    assert "of 200 images are equal or nearly equal to one on the other side of a random split" in note
    assert ".png and " in note
    assert note.share > 0.02


@pytest.mark.parametrize("facts", [{"times": np.arange(N)}, {"groups": np.arange(N) // 2}])
def test_splits_by_time_or_group_are_left_as_they_are(facts):
    dataset = data(**facts)
    folds = make_folds(dataset, folds=None, seed=0)

    assert kept_together(folds, dataset, pairs()) == folds


def test_a_split_of_the_source_and_chains_are_left_as_they_are():
    dataset = data()
    folds = make_folds(dataset, folds=5, seed=0)
    chain = replace(pairs(), sets=np.where(np.arange(N) < 90, 0, np.arange(N)))

    assert kept_together(folds, replace(dataset, validates=np.arange(9)), pairs()) == folds
    assert kept_together(folds, dataset, chain) == folds
    assert kept_together(folds, dataset, None) == folds
    assert notes_on_moved(folds, folds, dataset, chain) == ()


def test_a_class_whose_examples_are_all_alike_is_not_taken_from_training():
    dataset = data()
    labels = dataset.examples.targets["target"].copy()
    labels[:8] = "c"
    dataset = replace(dataset, examples=replace(dataset.examples, targets={"target": labels}))
    sets = np.where(np.arange(N) < 8, 0, np.arange(N))
    folds = make_folds(dataset, folds=4, seed=0)

    assert kept_together(folds, dataset, replace(pairs(), sets=sets)) == folds
