"""Folds that keep alike examples on one side, so that none is validated by a copy of itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from automl.core.notes import Note
from automl.data.alike.names import names_of
from automl.data.alike.sets import Alike
from automl.data.modality import Dataset
from automl.data.splits import Fold, identities_of, is_split_by_time, labels_of


def kept_together(folds: Sequence[Fold], dataset: Dataset, alike: Alike | None) -> tuple[Fold, ...]:
    """Return folds in which alike examples are on one side, where something else does not decide about it.

    Of one part that is held out, those that have an alike one in training go there; of several folds all
    go to that of the first. Folds by time, group or identity, and those of the source, stay as they are.

    Args:
        folds: of the split.
        dataset: the examples.
        alike: of them; None where that was not looked at.
    """
    examples = dataset.examples
    decided = is_split_by_time(dataset) or examples.groups is not None or dataset.validates is not None
    if alike is None or alike.is_chain or decided or identities_of(dataset) is not None:
        return tuple(folds)
    owner = np.full(len(examples), -1)
    for number, fold in enumerate(folds):
        owner[fold.validation] = number
    order = np.argsort(owner if len(folds) == 1 else np.arange(len(owner)), kind="stable")
    sets, places = np.unique(alike.sets[order], return_index=True)
    moved = owner[order[places]][np.searchsorted(sets, alike.sets)]
    held = [np.flatnonzero(moved == number) for number in range(len(folds))]
    if any(2 * len(new) < len(fold.validation) for new, fold in zip(held, folds, strict=True)):
        return tuple(folds)
    kept = tuple(_moved(fold, moved == number) for number, fold in enumerate(folds))
    return kept if _learns_all(kept, dataset) else tuple(folds)


def _learns_all(folds: Sequence[Fold], dataset: Dataset) -> bool:
    """Whether each fold trains on every class that it validates."""
    every = labels_of(dataset).values()
    return all(
        np.isin(labels[fold.validation], labels[fold.train]).all() for labels in every for fold in folds
    )


def notes_on_moved(
    folds: Sequence[Fold], kept: Sequence[Fold], dataset: Dataset, alike: Alike | None
) -> tuple[Note, ...]:
    """Tell of alike examples that a split had put on both sides.

    Args:
        folds: as they were.
        kept: of ``kept_together``.
        dataset: the examples.
        alike: see there.
    """
    pairs = zip(folds, kept, strict=True)
    changed = [np.setxor1d(old.validation, new.validation) for old, new in pairs if old is not new]
    moved = np.unique(np.concatenate(changed)) if changed else np.zeros(0, np.int64)
    if alike is None or not len(moved):
        return ()
    first, second = np.flatnonzero(alike.sets == alike.sets[moved[0]])[:2]
    names = names_of(dataset.examples)
    words = "equal or nearly equal to" if alike.near else "equal to"
    told = (
        f"{len(moved):,} of {len(dataset.examples):,} {alike.what} are {words} one on the other side of a "
    )
    told += f"random split, such as {names[first]} and {names[second]}: they are kept on one side."
    return (Note(told, len(moved) / len(dataset.examples)),)


def _moved(fold: Fold, validates: np.ndarray) -> Fold:
    known = np.zeros(len(validates), bool)
    known[fold.train] = known[fold.validation] = True
    return Fold(train=np.flatnonzero(known & ~validates), validation=np.flatnonzero(known & validates))
