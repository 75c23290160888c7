"""Protected groups of a job: which there are, and what is asked of answers to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from automl.core.errors import ConfigError, DataError
from automl.core.mistakes import Asked
from automl.core.names import first_names
from automl.core.notes import Note
from automl.core.protected import OTHERS, THRESHOLDS, Protected, joint_names
from automl.core.targets import TARGET
from automl.data.modality import Dataset
from automl.jobs.config import JobConfig
from automl.metrics.metric import DEMOGRAPHIC_PARITY, EQUALIZED_ODDS
from automl.tasks.catalog import TASKS
from automl.tasks.limits import Limit, parse_limit

LEAST_ROWS = 50
"""Rows of a group that stands for itself, of each class where answers are compared: rates of fewer say
nothing."""

DIFFERENCES = (EQUALIZED_ODDS.name, DEMOGRAPHIC_PARITY.name)


def protected_of(config: JobConfig, dataset: Dataset) -> tuple[Protected | None, tuple[str, ...]]:
    """Return the groups that the protected columns make, small ones merged, and notes; None without
    columns.

    Raises:
        ConfigError: the data has no columns of rows, or the task compares no groups as it is asked to.
        DataError: fewer than two groups are left.
    """
    columns = config.protected
    if not columns:
        return None, ()
    missing = [name for name in columns if name not in dataset.examples.compared]
    if missing:
        raise ConfigError(
            f"protected: expected columns of a table with a row per example; {missing[0]!r} is none of "
            "this data. Leave it out."
        )
    compared = dataset.examples.compared
    kept, small = _by_size(joint_names(columns, compared), dataset)
    each = " of each class" if TASKS[dataset.task].compares_groups else ""
    if len(kept) + bool(small) < 2 or not kept:
        raise DataError(
            f"protected: {' and '.join(map(repr, columns))} have {len(kept)} group(s) of {LEAST_ROWS} rows "
            f"or more{each}: expected two to compare. Name another column, or fewer."
        )
    notes = []
    if small:
        told = first_names(list(map(repr, small)), 5)
        text = f"Protected groups with fewer than {LEAST_ROWS} rows{each} count as {OTHERS!r}: {told}."
        notes.append(Note(text))
    if not config.keep_protected:
        notes.append(Note(f"Protected columns are no features: {', '.join(columns)}."))
    alone = {name: _by_size(compared[name], dataset)[0] for name in columns} if len(columns) > 1 else {}
    return Protected(columns=columns, groups=kept, alone=alone), tuple(notes)


def _by_size(groups: np.ndarray, dataset: Dataset) -> tuple[tuple[str, ...], list[str]]:
    """Groups that are large enough to stand for themselves, and the others."""
    names, counts = _sizes(groups.astype(str), dataset)
    large = counts >= LEAST_ROWS
    return tuple(map(str, names[large])), [str(name) for name in names[~large]]


def _sizes(groups: np.ndarray, dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Different groups, and the rows of each, or of the smaller class in each."""
    names, codes = np.unique(groups, return_inverse=True)
    if not TASKS[dataset.task].compares_groups:
        return names, np.bincount(codes)
    labels, classes = np.unique(
        np.asarray((dataset.examples.targets or {})[TARGET]).astype(str), return_inverse=True
    )
    table = np.zeros((len(names), len(labels)), int)
    np.add.at(table, (codes, classes), 1)
    return names, table.min(axis=1)


def with_protected(
    asked: Asked,
    protected: Protected | None,
    config: JobConfig,
    dataset: Dataset,
    limits: Sequence[Limit],
) -> Asked:
    """Return what is asked of a task, with what is asked of its answers to groups.

    Args:
        asked: all else.
        protected: the groups, or None.
        config: names limits and how they are kept.
        dataset: its task.
        limits: that a result must keep.

    Raises:
        ConfigError: differences are named without groups, or for a task that has none.
    """
    named = [name for name in asked.metrics if name in DIFFERENCES]
    if named and protected is None:
        raise ConfigError(f"{named[0]} compares groups: name the column that makes them by --protected.")
    if protected is None:
        return asked
    if not TASKS[dataset.task].compares_groups:
        if config.mitigate:
            raise ConfigError(
                f"mitigate: {TASKS[dataset.task].words} has no answers of yes and no that could be made "
                "alike; leave it out. Groups are compared all the same."
            )
        return asked
    bounds = {limit.name: limit.bound for limit in limits if limit.name in DIFFERENCES and limit.at_most}
    if THRESHOLDS in config.mitigate and len(bounds) != 1:
        raise ConfigError(
            "mitigate thresholds: expected the difference between groups that they keep, one of "
            f'{" and ".join(DIFFERENCES)}: --constraint "{EQUALIZED_ODDS.name}<=0.05".'
        )
    if THRESHOLDS in config.mitigate and not all(0 < bound < 1 for bound in bounds.values()):
        raise ConfigError("mitigate thresholds: the constraint's bound is a share, above 0 and below 1.")
    return replace(asked, protected=protected, mitigate=config.mitigate, bounds=bounds)


def kept_by_trials(config: JobConfig) -> tuple[str, ...]:
    """Return the constraints that trials have to keep: those that thresholds of groups see to are none."""
    if THRESHOLDS not in config.mitigate:
        return config.constraint
    return tuple(text for text in config.constraint if parse_limit(text).name not in DIFFERENCES)
