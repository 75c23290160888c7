"""Labels that the training part does not have: their rows cannot be scored.

A few unknown labels among many rows are a slip: those rows are left out with a note. More of them mean that
two files do not belong together, or that a split leaves classes out, and are refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce

import numpy as np

from automl.core.errors import DataError
from automl.core.names import first_names
from automl.core.notes import Note
from automl.data.modality import Dataset, Examples
from automl.data.splits import Fold, labels_of
from automl.data.target_kinds.catalog import kind_of
from automl.data.target_kinds.kind import TellsUnseen
from automl.tasks.catalog import TASKS

MOST_UNSEEN = 0.1
"""Largest share of rows that are left out."""


class Unseen:
    """Counts labels that training does not have, over parts of a data set.

    Args:
        classes: labels of the training part, by name of each target that is a class.
        what: what the examples are: the beginning of a message.
    """

    def __init__(self, classes: Mapping[str, Sequence[str]], what: str) -> None:
        self._classes = {name: sorted(set(known)) for name, known in classes.items()}
        self._what, self._rows = what, 0
        self._unseen: dict[str, Counter[str]] = {name: Counter() for name in classes}

    def without(self, examples: Examples) -> Examples:
        """Return the examples whose labels are all known."""
        if examples.targets is None:
            return examples
        self._rows += len(examples)
        found = []
        for name, classes in self._classes.items():
            labels = examples.targets[name]
            known = np.isin(labels.astype(str), np.array(classes, str))
            self._unseen[name].update(labels[~known].tolist())
            found.append(np.flatnonzero(known))
        rows = _in_all(found, len(examples))
        return examples if len(rows) == len(examples) else examples.take(rows)

    def notes(self) -> tuple[Note, ...]:
        """Tell of the examples that were left out.

        Raises:
            DataError: more than a tenth of the examples have such labels.
        """
        return tuple(
            note
            for name, unseen in self._unseen.items()
            for note in _told(unseen, self._rows, self._classes[name], self._what)
        )


def with_known_labels(
    examples: Examples, classes: Mapping[str, Sequence[str]], what: str
) -> tuple[Examples, tuple[Note, ...]]:
    """Leave out examples with a label that is none of the classes.

    Args:
        examples: with targets.
        classes: labels of the training part, by name of each target that is a class.
        what: what the examples are: the beginning of a message.

    Raises:
        DataError: more than a tenth of the examples have such labels.
    """
    unseen = Unseen(classes, what)
    return unseen.without(examples), unseen.notes()


def classes_of(dataset: Dataset) -> dict[str, list[str]]:
    """Return the labels of a data set by name of each target that is a class."""
    return {name: sorted(set(labels.tolist())) for name, labels in labels_of(dataset).items()}


def folds_with_known_labels(
    dataset: Dataset, folds: Sequence[Fold]
) -> tuple[tuple[Fold, ...], tuple[Note, ...]]:
    """Leave out of each validation part the rows whose label its training part does not have.

    Raises:
        DataError: these are more than a tenth of a validation part.
    """
    every = labels_of(dataset)
    kept: list[Fold] = []
    told: list[Note] = []
    for number, fold in enumerate(folds, start=1):
        what = _named(number, folds)
        found = [
            _known(labels[fold.validation], sorted(set(labels[fold.train])), what)
            for labels in every.values()
        ]
        rows = _in_all([rows for rows, _ in found], len(fold.validation))
        kept.append(replace(fold, validation=fold.validation[rows]))
        told.extend(note for _, notes in found for note in notes)
    return tuple(kept), tuple(told)


def notes_on_unseen(dataset: Dataset, folds: Sequence[Fold]) -> tuple[Note, ...]:
    """Tell what of a validation part its training part lacks, where rows stay all the same."""
    targets = dataset.examples.targets or {}
    told: list[Note] = []
    for name, task in dataset.tasks.items():
        kind = kind_of(TASKS[task])
        if isinstance(kind, TellsUnseen) and name in targets:
            for number, fold in enumerate(folds, start=1):
                values = targets[name]
                train, held, what = values[fold.train], values[fold.validation], _named(number, folds)
                told += kind.unseen(train, held, what, dataset.schema)
    return tuple(told)


def _named(number: int, folds: Sequence[Fold]) -> str:
    return "The validation part" if len(folds) == 1 else f"The validation part of fold {number}"


def _known(labels: np.ndarray, classes: Sequence[str], what: str) -> tuple[np.ndarray, tuple[Note, ...]]:
    """Positions of the known labels, and a note on the others."""
    known = np.isin(labels.astype(str), np.array(classes, str))
    return np.flatnonzero(known), _told(Counter(labels[~known].tolist()), len(labels), classes, what)


def _told(unseen: Counter[str], rows: int, classes: Sequence[str], what: str) -> tuple[Note, ...]:
    """A note on unknown labels; none where there are none."""
    count = unseen.total()
    if not count:
        return ()
    share = count / rows
    listed = first_names([f"{label!r} ({count} rows)" for label, count in unseen.most_common()], 5)
    text = f"{what} has labels that training does not have: {listed}"
    if share > MOST_UNSEEN:
        expected = ", ".join(classes[:10]) + (", ..." if len(classes) > 10 else "")
        raise DataError(
            f"{text}, {share:.0%} of its rows. Expected: {expected}. Do the files belong together, and does"
            " each class occur often enough to be split?"
        )
    return (Note(f"{text}; {count} of {rows} rows are left out.", share),)


def _in_all(rows: Sequence[np.ndarray], count: int) -> np.ndarray:
    return reduce(np.intersect1d, rows, np.arange(count))
