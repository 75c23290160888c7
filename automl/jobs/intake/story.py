"""What was read, described for the user before any framework is loaded."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from automl.core.names import first_names
from automl.core.specs import Objective, TaskKind
from automl.core.targets import TARGET
from automl.data.modality import Dataset, Examples
from automl.data.source import TABLES, Source
from automl.tasks.catalog import TASKS
from automl.tasks.declaration import BY_IDENTITY

if TYPE_CHECKING:
    import numpy as np

    from automl.data.splits import Fold

NAMES = 8
"""Columns of one kind that are named; of more the number is told."""

WIDTH = 80
"""Columns of text of a line: what is longer goes on below its own beginning."""


def story_of(
    source: Source,
    dataset: Dataset,
    folds: Sequence[Fold],
    validation: Examples | None,
    objectives: Sequence[Objective],
    *,
    total: int | None = None,
    holdout: Examples | None = None,
) -> str:
    """Return what was read, in lines: rows, columns by kind, target and task, split, goal.

    Args:
        source: where the data came from.
        dataset: what reading it gave.
        folds: of the split: one where a part is held out, empty with validation data of the user's.
        validation: that data, or None.
        objectives: what is optimised.
        total: rows of the table of which the examples are a sample, or None.
        holdout: examples that the search never looks at, or None.
    """
    facts = [*data_facts(dataset, folds, validation, holdout), ("goal", goal_text(objectives))]
    width = max(len(name) for name, _ in facts)
    what = TASKS[dataset.task].words
    drawn = "" if total is None else f" of {total:,}, drawn at random"
    rows = len(dataset.examples) + (0 if holdout is None else len(holdout))
    head = f"Read {source.name}: {rows:,} {_unit(source, dataset)}{drawn}, {what}"
    return "\n".join([head, *(_wrapped(f"  {name:<{width}}  ", text) for name, text in facts)])


def data_facts(
    dataset: Dataset, folds: Sequence[Fold], validation: Examples | None, holdout: Examples | None = None
) -> list[tuple[str, str]]:
    """Return columns by kind, target and split, each with what it is called; see ``story_of``."""
    kept = "" if holdout is None else f", {len(holdout):,} kept from the search"
    return [
        *_columns(dataset),
        ("target", _target(dataset)),
        ("split", f"{_split(dataset, folds, validation)}{kept}"),
    ]


def goal_text(objectives: Sequence[Objective]) -> str:
    """Return ``val_accuracy (higher is better)``."""
    words = {"maximize": "higher", "minimize": "lower"}
    return ", ".join(f"{item.label} ({words[item.direction]} is better)" for item in objectives)


def _wrapped(head: str, text: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _unit(source: Source, dataset: Dataset) -> str:
    if dataset.windows is not None:
        return "windows"
    return "rows" if source.kind in TABLES else "examples"


def _columns(dataset: Dataset) -> list[tuple[str, str]]:
    """Kinds of columns with the columns taken for them."""
    groups: dict[str, list[str]] = {}
    for name in dataset.columns:
        groups.setdefault(dataset.kinds.get(name, "inputs"), []).append(name)
    lines = []
    for kind, names in groups.items():
        word, _, form = kind.partition(": ")
        lines.append((word, form or f"{len(names):,}: {first_names(names, NAMES)}"))
    if dataset.windows is not None:
        facts = dataset.windows
        lines.append(("window", facts.words))
        if facts.times:
            lines.append(("time", facts.times))
    return lines


def _target(dataset: Dataset) -> str:
    tasks = dataset.target_tasks
    if tasks:
        return "; ".join(f"{name}{_values(dataset, name, task)}" for name, task in tasks.items())
    names = first_names(dataset.target_names, NAMES) or "label"
    return f"{names}{_values(dataset, TARGET, dataset.task)}"


def _values(dataset: Dataset, name: str, task: TaskKind) -> str:
    from automl.data.target_kinds.catalog import kind_of

    targets = (dataset.examples.targets or {}).get(name)
    return "" if targets is None else kind_of(TASKS[task]).words(targets)


def _split(dataset: Dataset, folds: Sequence[Fold], validation: Examples | None) -> str:
    from automl.data.splits import is_split_by_time

    rows = len(dataset.examples)
    if validation is not None:
        return f"{rows:,} for training, {len(validation):,} of your own for validation"
    if len(folds) > 1:
        sizes = sorted(len(fold.validation) for fold in folds)
        each = f"{sizes[0]:,}" if sizes[0] == sizes[-1] else f"{sizes[0]:,} to {sizes[-1]:,}"
        later = ", each of later rows" if is_split_by_time(dataset) else ""
        if TASKS[dataset.task].split == BY_IDENTITY:
            later = ", each of other identities"
        return f"{len(folds)} folds of {each}{later}, each trial's score is out of fold"
    parts = [f"{len(item):,} for {what}" for item, what in _parts(folds[0])]
    return ", ".join(_with_identities(dataset, folds[0], parts))


def _parts(fold: Fold) -> tuple[tuple[np.ndarray, str], ...]:
    return (fold.train, "training"), (fold.validation, "validation")


def _with_identities(dataset: Dataset, fold: Fold, told: list[str]) -> list[str]:
    """What is told of each part, with the identities in it where those are on one side each."""
    from automl.data.splits import identities_of

    known = identities_of(dataset)
    if known is None:
        return told
    counts = [len(set(known[rows].tolist())) for rows, _ in _parts(fold)]
    return [f"{told[0]} ({counts[0]:,} identities)", f"{told[1]} ({counts[1]:,} others, unseen)"]
