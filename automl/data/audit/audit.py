"""The audit of a data set: what is suspicious about it, the worst first.

At most ``MOST_ROWS`` rows are looked at, evenly spread, so that it takes a second or two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from automl.core.targets import spread_rows
from automl.data.alike.names import names_of
from automl.data.alike.pictures import is_pictures
from automl.data.alike.sets import Alike
from automl.data.audit.codes import Coded, coded_column, is_column
from automl.data.audit.copies import copies
from automl.data.audit.drift import drift
from automl.data.audit.features import features_of
from automl.data.audit.finding import Finding
from automl.data.audit.gaps import constant, rare_classes, related_gaps
from automl.data.audit.groups import groups
from automl.data.audit.labels import MOST_JUDGED, labels
from automl.data.audit.leaks import leaks, numberings
from automl.data.audit.marks import marks
from automl.data.audit.order import changing, coded_target, neighbours
from automl.data.audit.repeats import repeats
from automl.data.columns import columns_of
from automl.data.modality import Dataset, Examples
from automl.data.seen import fingerprints
from automl.data.splits import Fold, identities_of, is_split_by_time
from automl.tasks.catalog import TASKS

MOST_ROWS = 20_000
MOST_COLUMNS = 300


@dataclass(frozen=True, kw_only=True)
class Target:
    """A target of the rows that are looked at.

    Attributes:
        raw: labels or amounts ``(n,)``.
        codes: codes of classes from 0 or amounts ``(n,)``.
        amounts: which of the two.
    """

    raw: np.ndarray
    codes: np.ndarray
    amounts: bool


def audit(
    dataset: Dataset,
    folds: tuple[Fold, ...] = (),
    validation: Examples | None = None,
    alike: Alike | None = None,
) -> tuple[Finding, ...]:
    """Return what is suspicious about data; see ``looked_at`` for what that covers.

    Args:
        dataset: the examples, with targets.
        folds: of the split: one where a part is held out.
        validation: validation data of the user's, or None.
        alike: which examples are equal or nearly so, of the validation data behind them too; or None.
    """
    if dataset.examples.targets is None:
        return ()
    found = _of_content(dataset, folds, validation, alike) + _of_table(dataset, folds, validation, alike)
    found += _of_labels(dataset)
    unique = {item.text: item for item in found}
    return tuple(sorted(unique.values(), key=lambda item: item.mood != "bad"))


def looked_at(dataset: Dataset, alike: Alike | None) -> str:
    """Return what an audit looks for in such data and what it does not, for the user."""
    if alike is not None:
        near = "equal and nearly equal" if alike.near else "equal"
        pictures = any(map(is_pictures, dataset.examples.inputs.values()))
        plain = ", plain marks that give a class away" if pictures else ""
        more = ("other " if pictures else "") + "leaks within them"
        return (
            f"Looked for {near} {alike.what}{plain}, wrong labels and rare classes; not for "
            f"{more if alike.near else f'nearly equal ones, {more}'}."
        )
    if _cells(dataset.examples):
        return (
            "Looked for leaks, duplicates, wrong labels, rare classes, groups, order in time, drift, "
            "missing cells and constant columns; not for nearly equal rows."
        )
    return "Such data is not looked at beyond rare classes: its examples overlap, or have several parts."


def _of_labels(dataset: Dataset) -> list[Finding]:
    """Rare classes, marks that give one away, and labels that look wrong."""
    examples = dataset.examples
    every = np.arange(len(examples))
    classes = [target for target in _targets(dataset, every).values() if not target.amounts]
    pictures = [array for array in examples.inputs.values() if is_pictures(array)]
    found: list[Finding] = []
    for target in classes:
        values, counts = np.unique(target.raw.astype(str), return_counts=True)
        names = [str(item) for item in values]
        found += rare_classes(names, counts)
        found += [item for array in pictures for item in marks(array, target.codes, names)]
    if not classes or identities_of(dataset) is not None:
        return found
    some = np.sort(np.random.default_rng(0).permutation(every)[:MOST_JUDGED])
    features = features_of(examples, some)
    if features is None:
        return found
    called = names_of(examples)[some]
    return found + [item for target in classes for item in labels(features, target.codes[some], called)]


def _of_content(
    dataset: Dataset, folds: tuple[Fold, ...], validation: Examples | None, alike: Alike | None
) -> list[Finding]:
    """Copies among images, videos, texts and sounds."""
    if alike is None or identities_of(dataset) is not None:
        return []
    examples = dataset.examples
    names = names_of(examples)
    held = _held_out(folds, len(examples))
    classes = [
        item.codes for item in _targets(dataset, np.arange(len(examples))).values() if not item.amounts
    ]
    if validation is not None:
        names = np.concatenate([names, names_of(validation)])
        held = np.arange(len(names)) >= len(examples)
        classes = []
    return copies(alike, names, held, classes[0] if classes else None)


def _of_table(
    dataset: Dataset, folds: tuple[Fold, ...], validation: Examples | None, alike: Alike | None
) -> list[Finding]:
    """What columns and rows of a table tell."""
    examples = dataset.examples
    plain = _cells(examples)
    if not plain:
        return []
    some = spread_rows(len(examples), MOST_ROWS)
    called = {column.input: column.name for column in columns_of(dataset.schema)}
    names = {name: called.get(name, name) for name in list(plain)[:MOST_COLUMNS]}
    inputs = {names[name]: np.asarray(plain[name][some]) for name in names}
    columns = _columns(inputs)
    found = constant(columns)
    held = _held_out(folds, len(examples))
    prints = fingerprints(Examples(inputs=plain), some)
    targets = _targets(dataset, some)
    for target in targets.values():
        numbered = numberings(inputs, target.raw)
        known = {item.where for item in numbered}
        rest = [column for column in columns if column.name not in known]
        found += [*numbered, *leaks(rest, target.codes, amounts=target.amounts, raw=inputs)]
        found += related_gaps(columns, target.codes, amounts=target.amounts)
        if alike is None:
            part = None if held is None else held[some]
            found += repeats(prints, target.codes, part, amounts=target.amounts)
    if targets and validation is None:
        found += _structure(dataset, inputs, columns, next(iter(targets.values())))
    return found + _drift(columns, examples, some, names, held, validation)


def _structure(
    dataset: Dataset, inputs: Mapping[str, np.ndarray], columns: Sequence[Coded], target: Target
) -> list[Finding]:
    """Groups and time that a random split would leak through."""
    if is_split_by_time(dataset) or dataset.examples.groups is not None:
        return []
    coded = coded_target(target.codes, amounts=target.amounts)
    if coded is None:
        return []
    return groups(inputs, columns, coded) + changing(inputs, columns, coded) + neighbours(columns, coded)


def _drift(
    columns: Sequence[Coded],
    examples: Examples,
    some: np.ndarray,
    names: Mapping[str, str],
    held: np.ndarray | None,
    validation: Examples | None,
) -> list[Finding]:
    if validation is None:
        return [] if held is None else drift(columns, held[some])
    later = spread_rows(len(validation), MOST_ROWS)
    parts = (examples.inputs, some), (validation.inputs, later)
    both = {
        called: np.concatenate([np.asarray(inputs[name][rows]) for inputs, rows in parts])
        for name, called in names.items()
    }
    return drift(_columns(both), np.arange(len(some) + len(later)) >= len(some))


def _cells(examples: Examples) -> dict[str, np.ndarray]:
    """The inputs that are columns of a table of which each example is a row."""
    if examples.rows is None:
        return {}
    return {name: values for name, values in examples.inputs.items() if is_column(values.shape)}


def _columns(inputs: Mapping[str, np.ndarray]) -> list[Coded]:
    made = [coded_column(name, values) for name, values in inputs.items()]
    return [column for column in made if column is not None]


def _held_out(folds: tuple[Fold, ...], rows: int) -> np.ndarray | None:
    """Which rows validate ``(n,) bool``; None where each one does in turn, or none."""
    if len(folds) != 1:
        return None
    held = np.zeros(rows, bool)
    held[folds[0].validation] = True
    return held


def _targets(dataset: Dataset, rows: np.ndarray) -> dict[str, Target]:
    """The targets of some rows that are classes or single amounts."""
    found = {}
    for name, task in dataset.tasks.items():
        values = (dataset.examples.targets or {}).get(name)
        if values is None:
            continue
        array = np.asarray(values[rows])
        if TASKS[task].classifies and array.ndim == 1:
            codes = np.unique(array.astype(str), return_inverse=True)[1]
            found[name] = Target(raw=array.astype(object), codes=codes, amounts=False)
        elif not TASKS[task].classifies:
            amounts = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
            if amounts.ndim == 1 and amounts.dtype.kind in "biuf":
                codes = amounts.astype(np.float64)
                found[name] = Target(raw=codes[:, None], codes=codes, amounts=True)
    return found
