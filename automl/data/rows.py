"""Rows of a table as examples: target, task and roles, the same whatever its columns are read as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.names import free_name
from automl.core.notes import Note
from automl.data.choice import checked_drop
from automl.data.compared import learn_compared, read_compared
from automl.data.delimited import refuse_unknown
from automl.data.modality import ROWS, Dataset, Examples, Handling, ReadOptions
from automl.data.row_labels import names_rows
from automl.data.row_weights import row_weights
from automl.data.source import Source
from automl.data.tables import Table, as_text, listed, plain_styles, row_keys
from automl.data.target_columns import TableTargets, find_targets, targets_of
from automl.data.time_cells import sortable_times
from automl.tasks.catalog import TASKS


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of a table with their targets; their features are still to be read.

    Attributes:
        table: all columns.
        target: the target columns, and what each target is.
        targets: of each row, as ``Examples.targets`` has them.
        present: which rows have every target ``(n,) bool``.
        features: the columns that are neither targets nor kept out by their role or by the user.
        weights: of each row ``(n,)`` float64, at least 0; None where all count alike.
        notes: what a user should know of them.
    """

    table: Table
    target: TableTargets
    targets: Mapping[str, np.ndarray]
    present: np.ndarray
    features: pd.DataFrame
    weights: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    def of(self, rows: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return each target at the positions ``rows``."""
        return tuple(values[rows] for values in self.targets.values())


@dataclass(frozen=True, kw_only=True)
class Features:
    """What the columns of features were read as.

    Attributes:
        inputs: raw inputs by name, of ``rows``.
        schema: what reading them again needs: ``columns`` and more (JSON).
        kinds: what each column was taken for, in the plural, by name; their order is that of the columns.
        notes: what a user should know of them.
        handling: how examples of such features are handled.
        rows: positions of the rows that were read ``(n,) int64``; None for all of the table.
    """

    inputs: Mapping[str, np.ndarray]
    schema: Mapping[str, Any]
    kinds: Mapping[str, str]
    notes: tuple[str, ...] = ()
    handling: Handling = ROWS
    rows: np.ndarray | None = None


def open_rows(
    source: Source, table: Table, options: ReadOptions, *, what: str, aside: Sequence[str | None] = ()
) -> Rows:
    """Find target and task of a table, and the columns that may be features.

    Args:
        source: where the table comes from.
        table: with its targets.
        options: how it is to be read.
        what: what messages call such data: ``A table``.
        aside: columns with a role of their own that are no features unless they are kept.

    Raises:
        DataError: no target is named, a column is not there, or the targets do not fit the task.
    """
    names = _target(source, table, options)
    labels = table.frame[list(names)]
    target = find_targets(labels, options.task, table.where, what)
    targets, present = target.read(labels, table.where)
    drop = checked_drop(list(table.frame.columns), options, names, table.where)
    weights, notes = row_weights(table.frame, options.weight_column, table.where)
    if weights is not None:
        present = present & (weights > 0)
    target.check(targets, present, table.where)
    roles = {*names, options.group_column, options.id_column, options.weight_column}
    roles |= {*options.hidden, *aside}
    out = (roles - {*options.keep}) | drop
    return Rows(
        table=table,
        target=target,
        targets=targets,
        present=present,
        features=table.frame[[name for name in table.frame.columns if name not in out]],
        weights=weights,
        notes=notes,
    )


def dataset_of_rows(rows: Rows, features: Features, source: Source, options: ReadOptions) -> Dataset:
    """Return the rows that have a target, with their features, as a data set."""
    table, labels = rows.table, rows.table.frame[list(rows.target.names)]
    compared = learn_compared(table.frame, options.compared, table.where)
    unused = [name for name in table.frame.columns if name not in features.kinds]
    ids = _row_ids(rows, unused, options.id_column)
    beside = Examples(
        inputs={},
        targets=rows.targets,
        groups=None if options.group_column is None else as_text(table.frame[options.group_column]),
        times=_times(table, options.time_column),
        keys=row_keys(table, ids),
        rows=np.arange(len(table.frame)),
        compared=compared.groups,
        weights=rows.weights,
    )
    schema = {
        **features.schema,
        "styles": plain_styles(table),
        **rows.target.schema(labels, typed=source.kind != "table"),
        "header": options.header,
        "unused": unused,
        "id_column": options.id_column,
        "row_ids": ids,
        **({"compared": compared.schema} if compared.schema else {}),
    }
    unweighed = rows.present if rows.weights is None else rows.present | (rows.weights == 0)
    told = (*rows.target.notes(labels), *_without_target(unweighed, rows.target.names), *rows.notes)
    read = np.arange(len(table.frame)) if features.rows is None else features.rows
    kept = read[rows.present[read]]
    if len(kept) < np.count_nonzero(rows.present):
        rows.target.check(rows.targets, kept, table.where)
    return Dataset(
        examples=_joined(features.inputs, beside, read, kept),
        schema=schema,
        task=rows.target.task,
        target_names=rows.target.names,
        target_tasks=rows.target.tasks,
        notes=(*table.notes, *features.notes, *told, *compared.notes),
        columns=tuple(features.kinds),
        kinds=features.kinds,
        handling=features.handling,
    )


def refuse_missing(
    table: Table, columns: Sequence[str], schema: Mapping[str, Any], *, targets: bool
) -> None:
    """Refuse a further table that lacks columns.

    Args:
        table: the table.
        columns: those that the model reads.
        schema: of the first table.
        targets: whether the targets must be there.

    Raises:
        DataError: with the columns that are missing.
    """
    wanted = [*columns, *(schema["targets"] if targets else ())]
    missing = [name for name in wanted if name not in table.frame.columns]
    if missing:
        raise DataError(
            f"{table.where} is missing columns that the model was trained on: {listed(missing)}."
            f" It has: {listed(list(table.frame.columns))}."
        )


def examples_of_rows(
    table: Table, features: Features, schema: Mapping[str, Any], *, targets: bool
) -> tuple[Examples, tuple[str, ...]]:
    """Return the rows of a further table with their features as examples, and notes.

    Args:
        table: the table.
        features: of its rows.
        schema: of the first table.
        targets: whether rows need a target; the others are then left out.

    Raises:
        DataError: no row of a whole table has a target.
    """
    named = schema.get("row_ids", filter(None, [schema["id_column"]]))  # jobs of before have but the latter
    ids = [name for name in named if name in table.frame.columns]
    every = np.arange(len(table.frame))
    read = every if features.rows is None else features.rows
    keys = row_keys(table, ids)
    compared = read_compared(table.frame, schema.get("compared", ()))
    notes = (*table.notes, *features.notes, *_superfluous(table, features.kinds, schema))
    if not targets:
        beside = Examples(inputs={}, keys=keys, rows=every, compared=compared)
        return _joined(features.inputs, beside, read, read), notes
    values, present = targets_of(schema).read(table.frame[schema["targets"]], table.where)
    if not present.any() and table.first is None:
        raise DataError(f"{table.where}: no row has a target in {listed(schema['targets'])}.")
    beside = Examples(inputs={}, targets=values, keys=keys, rows=every, compared=compared)
    examples = _joined(features.inputs, beside, read, read[present[read]])
    return examples, (*notes, *_without_target(present, schema["targets"]))


def with_targets(frame: pd.DataFrame, targets: Any, names: Sequence[str], where: str) -> Table:
    """Return features in memory and their targets as one table, the targets behind the features.

    Args:
        frame: the features.
        targets: array-like ``(n,)`` or ``(n, k)``; None for none.
        names: of the targets, where the user gave as many as there are.
        where: what messages call the table.

    Raises:
        DataError: targets of another shape or length.
    """
    if targets is None:
        return Table(frame=frame, notes=(), where=where)
    array = np.asarray(targets)
    if array.ndim not in (1, 2):
        raise DataError(f"Expected targets of 1 or 2 axes, got shape {array.shape}.")
    if len(array) != len(frame):
        raise DataError(
            f"Inputs have {len(frame)} rows and targets {len(array)}: expected as many of both."
        )
    array = array.reshape(len(array), -1)
    count = array.shape[1]
    if len(names) != count:
        names = ["target"] if count == 1 else [f"target_{position}" for position in range(count)]
    columns = [free_name(name, frame.columns) for name in names]
    beside = pd.DataFrame(array, columns=columns, index=frame.index).infer_objects()
    return Table(frame=pd.concat([frame, beside], axis=1), notes=(), where=where)


def targets_named(source: Source, table: Table, options: ReadOptions) -> tuple[str, ...]:
    """Return the target columns: those asked for, or those that a source brings itself; perhaps none."""
    if options.target:
        return options.target
    if source.kind == "sklearn":
        return ("target",)
    if isinstance(source.content, tuple) and source.content[1] is not None:
        count = np.asarray(source.content[1]).reshape(len(table.frame), -1).shape[1]
        return tuple(table.frame.columns[-count:])
    return ()


def _target(source: Source, table: Table, options: ReadOptions) -> tuple[str, ...]:
    names, target = list(table.frame.columns), targets_named(source, table, options)
    if not target and not (options.task is not None and TASKS[options.task].unlabelled):
        raise DataError(f"{table.where}: which column is the target? Columns: {listed(names)}.")
    roles = (options.group_column, options.time_column, options.id_column, options.weight_column)
    for name in (*target, *roles, *options.compared):
        if name is not None:
            refuse_unknown(name, names, table.where)
    return target


def _row_ids(rows: Rows, unused: Sequence[str], asked: str | None) -> list[str]:
    """The columns that name rows: the one asked for, and those that are no features and tell rows apart."""
    frame, aside = rows.table.frame, {asked, *rows.target.names}
    others = [name for name in unused if name not in aside and names_rows(frame[name], name)]
    return others if asked is None else [asked, *others]


def _times(table: Table, column: str | None) -> np.ndarray | None:
    return None if column is None else sortable_times(table.frame[column], table.where)


def _joined(
    inputs: Mapping[str, np.ndarray], beside: Examples, read: np.ndarray, kept: np.ndarray
) -> Examples:
    """Examples of the rows ``kept``; inputs are of the rows ``read``, what stands beside them of all."""
    if len(kept) < len(read):
        inputs = Examples(inputs=inputs).take(np.searchsorted(read, kept)).inputs
    return replace(beside.take(kept), inputs=inputs)


def _superfluous(table: Table, used: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[str, ...]:
    known = {*used, *schema["targets"], *schema["unused"]}
    extra = [name for name in table.frame.columns if name not in known]
    text = f"{table.where}: columns the model does not know are ignored: {listed(extra)}."
    return (text,) if extra else ()


def _without_target(present: np.ndarray, names: Sequence[str]) -> tuple[str, ...]:
    gone = int((~present).sum())
    lack = "have no target in" if len(names) == 1 else "lack a target in one of"
    text = f"{gone} of {len(present)} rows {lack} {listed(names)} and are dropped."
    return (Note(text, gone / len(present)),) if gone else ()
