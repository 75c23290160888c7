"""The audit of a data set: what is suspicious about it, the worst first.

At most ``MOST_ROWS`` rows are looked at, evenly spread, so that it takes less than a second.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from automl.core.targets import spread_rows
from automl.data.audit.codes import Coded, coded_column, is_column
from automl.data.audit.drift import drift
from automl.data.audit.finding import Finding
from automl.data.audit.gaps import constant, rare_classes, related_gaps
from automl.data.audit.leaks import leaks
from automl.data.audit.repeats import repeats
from automl.data.modality import Dataset, Examples
from automl.data.seen import fingerprints
from automl.data.splits import Fold
from automl.tasks.catalog import TASKS

MOST_ROWS = 20_000
MOST_COLUMNS = 300


def audit(
    dataset: Dataset, folds: tuple[Fold, ...] = (), validation: Examples | None = None
) -> tuple[Finding, ...]:
    """Return what is suspicious about rows of a table.

    Args:
        dataset: the examples, with targets; of what is no table, nothing is found.
        folds: of the split: one where a part is held out.
        validation: validation data of the user's, or None.
    """
    examples = dataset.examples
    if examples.rows is None or examples.targets is None:
        return ()
    plain = {name: values for name, values in examples.inputs.items() if is_column(values.shape)}
    if not plain:
        return ()
    some = spread_rows(len(examples), MOST_ROWS)
    names = list(plain)[:MOST_COLUMNS]
    columns = _columns({name: examples.inputs[name][some] for name in names})
    found = constant(columns)
    held = _held_out(folds, len(examples))
    prints = fingerprints(Examples(inputs=plain), some)
    for name, task in dataset.tasks.items():
        target, amounts = _target(examples.targets[name], classifies=TASKS[task].classifies)
        if target is None:
            continue
        found += leaks(columns, target[some], amounts=amounts)
        found += related_gaps(columns, target[some], amounts=amounts)
        found += repeats(prints, target[some], None if held is None else held[some], amounts=amounts)
        if not amounts:
            classes, counts = np.unique(examples.targets[name].astype(str), return_counts=True)
            found += rare_classes([str(item) for item in classes], counts)
    found += _drift(columns, examples, some, names, held, validation)
    unique = {item.text: item for item in found}
    return tuple(sorted(unique.values(), key=lambda item: item.mood != "bad"))


def _drift(
    columns: list[Coded],
    examples: Examples,
    some: np.ndarray,
    names: list[str],
    held: np.ndarray | None,
    validation: Examples | None,
) -> list[Finding]:
    if validation is None:
        return [] if held is None else drift(columns, held[some])
    later = spread_rows(len(validation), MOST_ROWS)
    parts = (examples.inputs, some), (validation.inputs, later)
    both = {
        name: np.concatenate([np.asarray(inputs[name][rows]) for inputs, rows in parts]) for name in names
    }
    return drift(_columns(both), np.arange(len(some) + len(later)) >= len(some))


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


def _target(values: np.ndarray, *, classifies: bool) -> tuple[np.ndarray | None, bool]:
    """Codes of classes, or amounts; None for what has several values in a row."""
    array = np.asarray(values)
    if classifies:
        return np.unique(array.astype(str), return_inverse=True)[1], False
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or array.dtype.kind not in "biuf":
        return None, True
    return array.astype(np.float64), True
