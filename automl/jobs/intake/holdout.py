"""The part of the data that the search never looks at: its model is scored there once, at the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from automl.core.errors import ConfigError
from automl.core.holdout import NO_HOLDOUT, Holdout, holdout_of
from automl.core.notes import Note
from automl.core.seeds import derive
from automl.data.modality import Dataset, Examples
from automl.jobs.config import JobConfig

if TYPE_CHECKING:
    from automl.data.splits import Fold

SHARE, ENOUGH, MOST = 0.1, 50_000, 20_000
"""What is held out unless something is asked for: a tenth of so many rows and more, and at most so many. By
5,000 rows an accuracy is known to a percent, and a tenth fewer rows to learn from cost less than that shows
(docs/validation.md)."""


@dataclass(frozen=True, kw_only=True)
class Parted:
    """A data set in two.

    Attributes:
        dataset: what the search gets.
        holdout: what it does not; None for nothing.
        text: how much that is, as job files have it.
        notes: what the user should know.
    """

    dataset: Dataset
    holdout: Examples | None = None
    text: str = NO_HOLDOUT
    notes: tuple[Note, ...] = ()


def part_off(config: JobConfig, dataset: Dataset) -> Parted:
    """Part a holdout off, as the examples of a job are split: by group, by time, by class.

    Copies stay on one side.

    Args:
        config: the job.
        dataset: all examples.

    Raises:
        ConfigError: the data divides itself, so that a further part cannot be told.
        DataError: it cannot be split so.
    """
    from automl.data.alike.folds import kept_together
    from automl.data.alike.sets import alike_examples
    from automl.data.splits import make_folds
    from automl.data.unseen import classes_of, with_known_labels

    wanted = holdout_of(config.holdout) if config.holdout is not None else _usual(config, dataset)
    if not wanted.share:
        return Parted(dataset=dataset)
    if dataset.validates is not None:
        raise ConfigError(
            "holdout: the data says itself what validates, so no further part is held out of it. Keep a "
            "part of it back in a file of its own, and give that to `automl report DIR --test FILE`."
        )
    every = make_folds(
        _plain(dataset), folds=wanted.parts or None, share=wanted.share, seed=derive(config.seed, "holdout")
    )
    every = kept_together(every, dataset, alike_examples(dataset))
    fold = every[wanted.part - 1 if wanted.parts else 0]
    kept = _only(dataset, fold.train)
    holdout, notes = with_known_labels(
        dataset.examples.take(fold.validation), classes_of(kept), "The holdout"
    )
    told = Note(_told(wanted, fold, dataset, asked=config.holdout is not None))
    return Parted(dataset=kept, holdout=holdout, text=wanted.text, notes=(told, *notes))


def _usual(config: JobConfig, dataset: Dataset) -> Holdout:
    """What is held out where nothing is asked for.

    Not by time, where the rows held out are those that matter most to what comes next.
    """
    from automl.data.splits import is_split_by_time

    rows, declaration = len(dataset.examples), dataset.declaration
    compared = declaration.lists or declaration.compares or dataset.validates is not None
    mapped = any(isinstance(values, np.memmap) for values in dataset.examples.inputs.values())
    if rows < ENOUGH or config.nested or compared or mapped or is_split_by_time(dataset):
        return Holdout(share=0.0)
    # as the job file has it, so that a later session keeps the same rows
    return holdout_of(Holdout(share=min(SHARE, MOST / rows)).text)


def _plain(dataset: Dataset) -> Dataset:
    """A data set whose windows are held out by the share that is asked for, not by one of their own."""
    windows = dataset.windows
    return dataset if windows is None else replace(dataset, windows=replace(windows, held_out=None))


def _only(dataset: Dataset, rows: np.ndarray) -> Dataset:
    windows = dataset.windows
    return replace(
        dataset,
        examples=dataset.examples.take(rows),
        windows=None if windows is None else replace(windows, origins=windows.origins[rows]),
    )


def _told(wanted: Holdout, fold: Fold, dataset: Dataset, *, asked: bool) -> str:
    from automl.data.splits import is_split_by_time

    what = "windows" if dataset.windows is not None else "rows"
    part = f"part {wanted.part} of {wanted.parts}" if wanted.parts else f"{100 * wanted.share:.3g}% of all"
    later = ", the latest ones" if is_split_by_time(dataset) and not wanted.parts else ""
    off = "" if asked else " `--holdout 0` learns from them, too."
    return (
        f"{len(fold.validation):,} {what} ({part}{later}) are kept from the search; its model is scored on "
        f"them once, at the end.{off}"
    )
