"""Into how many folds the examples of a job are split, and which examples each of them trains on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.modality import Dataset
from automl.jobs.config import JobConfig
from automl.jobs.intake.cost import seconds_per_pass

if TYPE_CHECKING:
    from automl.data.alike.sets import Alike
    from automl.data.splits import Fold

FOLDS, FOLDS_OF_FEW, FEW = 5, 8, 1000
"""Folds of a small data set, and of one with fewer examples than ``FEW``, whose networks cost least."""

LEAST_PASSES, SHARE, SECONDS = 15, 0.75, 600.0
"""Where examples are dear to train on, each network of the folds must be able to see its own so often
within a share of the time; of a search without a limit, within so many seconds."""


def split(
    config: JobConfig, dataset: Dataset, alike: Alike | None = None
) -> tuple[tuple[Fold, ...], tuple[Note, ...]]:
    """Split the examples of a job: into one training and one validation part, or into folds.

    Args:
        config: the number of folds; where it is not given, few examples are split into folds.
        dataset: the examples.
        alike: which of them are equal or nearly so: they are kept on one side of a random split; or None.

    Returns:
        The folds, and what to tell: examples left out, or why there is one fold where several are usual.

    Raises:
        ConfigError, DataError: it cannot be split so.
    """
    from automl.data.alike.folds import kept_together, notes_on_moved

    folds, notes = _usual_split(config, dataset)
    kept = kept_together(folds, dataset, alike)
    return kept, (*notes, *notes_on_moved(folds, kept, dataset, alike))


def _usual_split(config: JobConfig, dataset: Dataset) -> tuple[tuple[Fold, ...], tuple[Note, ...]]:
    from automl.data.splits import split_of_source
    from automl.data.unseen import notes_on_unseen

    if dataset.validates is not None and config.folds is None:
        parted = split_of_source(dataset)
        return (parted,), notes_on_unseen(dataset, (parted,))
    wanted = config.folds or usual_folds(dataset)
    if config.folds is None and not _fits(dataset, wanted, config.time):
        folds, notes = _split(config, dataset, 1)
        said = f"A part is held out, as {wanted} folds would take longer than there is time."
        return folds, (Note(said), *notes)
    try:
        return _split(config, dataset, wanted)
    except DataError as error:
        if config.folds is not None or wanted == 1:
            raise
        folds, notes = _split(config, dataset, 1)
        return folds, (Note(f"A part is held out, as {wanted} folds cannot be made: {error}"), *notes)


def usual_folds(dataset: Dataset) -> int:
    """Return how many folds a data set is split into unless something else is asked for; 1 for a part that
    is held out.

    Not by time, where a fold trains on the past alone and so the first one on nearly nothing.
    """
    from automl.data.splits import LEAST_IDENTITIES, identities_of, is_split_by_time

    rows = len(dataset.examples)
    if rows >= dataset.handling.folds_below or not dataset.declaration.blend or is_split_by_time(dataset):
        return 1
    groups, identities = dataset.examples.groups, identities_of(dataset)
    wanted = FOLDS_OF_FEW if rows < FEW and not dataset.handling.example_seconds else FOLDS
    if identities is not None:
        return max(1, min(wanted, len(np.unique(identities.astype(str))) // LEAST_IDENTITIES))
    return wanted if groups is None else min(wanted, len(np.unique(groups)))


def grouped_by_fold(dataset: Dataset, folds: Sequence[Fold]) -> Dataset:
    """Return a data set whose examples are grouped by the fold that they validate in, where answers are
    compared: those of two folds come from two networks, and scorers compare within groups alone.

    Args:
        dataset: the examples.
        folds: of the split.
    """
    if len(folds) < 2 or not dataset.declaration.compares:
        return dataset
    groups = np.zeros(len(dataset.examples), np.int64)
    for number, fold in enumerate(folds):
        groups[fold.validation] = number
    return replace(dataset, examples=replace(dataset.examples, groups=groups))


def _fits(dataset: Dataset, folds: int, seconds: float | None) -> bool:
    """Whether networks of so many folds learn enough in the time."""
    needed = LEAST_PASSES * (folds - 1) * seconds_per_pass(dataset.handling, len(dataset.examples))
    return needed <= SHARE * (seconds or SECONDS)


def _split(config: JobConfig, dataset: Dataset, count: int) -> tuple[tuple[Fold, ...], tuple[Note, ...]]:
    from automl.data.splits import make_folds
    from automl.data.unseen import folds_with_known_labels, notes_on_unseen

    made = make_folds(dataset, folds=count if count > 1 else None, seed=config.seed)
    folds, notes = folds_with_known_labels(dataset, made)
    return folds, (*notes, *notes_on_unseen(dataset, folds))
