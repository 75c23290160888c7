"""Tables of numbers, categories and dates: classification, multi-label classification and regression.

The group column and the id column are no features. The time column is one (its parts), besides giving
the order of the rows. Rows are named by their number in the source, from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.names import free_name
from automl.core.notes import Note
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.data.choice import checked_drop
from automl.data.column_kinds import infer_columns
from automl.data.columns import (
    Column,
    ColumnKind,
    missing_columns,
    read_columns,
    words_of,
)
from automl.data.delimited import refuse_unknown
from automl.data.flags import Flags
from automl.data.label_types import label_type
from automl.data.modality import Dataset, Examples, Preprocessing, ReadOptions
from automl.data.source import Source
from automl.data.tables import Table, as_text, listed, plain_styles, read_table, row_keys, written_as
from automl.data.targets import check_variety, infer_task, read_targets, target_flags, target_notes
from automl.data.time_cells import sortable_times

KIND_WORDS: Mapping[ColumnKind, str] = {"numeric": "numbers", "category": "categories", "date": "dates"}
"""What columns were taken for, as users are told."""

TASKS: tuple[TaskKind, ...] = ("binary", "multiclass", "multilabel", "regression")


@dataclass(frozen=True, kw_only=True)
class Tabular:
    """The modality; see ``automl.data.modality.Modality``."""

    name: str = "tabular"
    tasks: Sequence[TaskKind] = TASKS

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read a table for training: infer the columns' kinds and the task, drop rows without target."""
        table, target = _open(source, options)
        task = _task(table, target, options)
        flags = target_flags(table.frame[list(target)], task)
        targets, present = read_targets(table.frame[list(target)], task, table.where, flags)
        check_variety(targets[present], task, target, table.where)
        drop = checked_drop(list(table.frame.columns), options, target, table.where)
        aside = ({*target, options.group_column, options.id_column} - {*options.keep}) | drop
        frame = table.frame[[name for name in table.frame.columns if name not in aside]]
        columns, dropped = infer_columns(frame[present], keep=options.keep, targets=targets[present])
        if not columns:
            raise DataError(
                f"{table.where} has no column to learn from besides {listed(target)}. {' '.join(dropped)}"
            )
        inputs, odd = read_columns(frame, columns)
        examples = Examples(
            inputs=inputs,
            targets={TARGET: targets},
            groups=_texts(table, options.group_column),
            times=_times(table, options.time_column),
            keys=row_keys(table, options.id_column),
        )
        schema = {
            "columns": [column.as_json() for column in columns],
            "styles": plain_styles(table),
            "words": words_of(inputs, columns),
            "targets": list(target),
            "task": task,
            "label_type": label_type(table.frame[list(target)], task, typed=source.kind != "table"),
            "flags": asdict(flags) if flags else None,
            "header": options.header,
            "unused": [
                name for name in table.frame.columns if name not in {column.name for column in columns}
            ],
            "id_column": options.id_column,
        }
        told = (*target_notes(table.frame[list(target)], task), *_without_target(present, target))
        return Dataset(
            examples=examples.take(np.flatnonzero(present)),
            schema=schema,
            task=task,
            target_names=target,
            notes=(*table.notes, *dropped, *odd, *told),
            columns=tuple(column.name for column in columns),
            kinds={column.name: KIND_WORDS[column.kind] for column in columns},
        )

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read another table by the schema of the first."""
        columns = [Column(**item) for item in schema["columns"]]
        known = (*(column.name for column in columns), *schema["targets"])
        source = written_as(source, schema.get("styles"), known)
        table = _table(source, schema["targets"], header=schema["header"], named=schema)
        _refuse_missing(table, columns, schema["targets"] if targets else ())
        inputs, odd = read_columns(table.frame, columns, schema.get("words"))
        notes = (*table.notes, *odd, *_superfluous(table, columns, schema))
        id_column = schema["id_column"] if schema["id_column"] in table.frame.columns else None
        rows = np.arange(len(table.frame))
        examples = Examples(inputs=inputs, keys=row_keys(table, id_column), rows=rows)
        if not targets:
            return examples, notes
        flags = Flags(**schema["flags"]) if schema.get("flags") else None
        values, present = read_targets(table.frame[schema["targets"]], schema["task"], table.where, flags)
        if not present.any():
            raise DataError(f"{table.where}: no row has a target in {listed(schema['targets'])}.")
        full = Examples(inputs=inputs, targets={TARGET: values}, keys=examples.keys, rows=rows)
        return full.take(np.flatnonzero(present)), (*notes, *_without_target(present, schema["targets"]))

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Fit scales, quantiles and vocabularies on the training rows; nothing in it is random."""
        from automl.data.preprocessing.tabular import fit_table

        kinds = {item["input"]: cast(ColumnKind, item["kind"]) for item in dataset.schema["columns"]}
        return fit_table(dataset.examples.take(rows).inputs, kinds)

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """Nothing beyond the targets."""
        return {}


TABULAR = Tabular()


def _open(source: Source, options: ReadOptions) -> tuple[Table, tuple[str, ...]]:
    table = _table(source, options.target, header=options.header)
    target = options.target
    if not target and source.kind == "sklearn":
        target = ("target",)
    if not target and isinstance(source.content, tuple) and source.content[1] is not None:
        count = np.asarray(source.content[1]).reshape(len(table.frame), -1).shape[1]
        target = tuple(table.frame.columns[-count:])
    if not target:
        raise DataError(
            f"{table.where}: which column is the target? Columns: {listed(list(table.frame.columns))}."
        )
    asked = (*target, options.group_column, options.time_column, options.id_column)
    for name in asked:
        if name is not None:
            refuse_unknown(name, list(table.frame.columns), table.where)
    return table, target


def _task(table: Table, target: Sequence[str], options: ReadOptions) -> TaskKind:
    inferred = options.task or infer_task(table.frame[list(target)], table.where)
    if inferred not in TASKS:
        raise DataError(f"A table cannot be read for {inferred}; expected one of {listed(TASKS)}.")
    if inferred in ("binary", "multiclass") and len(target) > 1:
        raise DataError(f"{inferred} takes one target column, got {listed(target)}. Ask for multilabel.")
    return inferred


def _table(
    source: Source, target: Sequence[str], *, header: bool, named: Mapping[str, Any] | None = None
) -> Table:
    """The source as a table; arrays get the columns x0, x1, ... and ``target``."""
    if source.kind != "arrays":
        return read_table(source, header=header)
    content = source.content
    inputs, targets = content if isinstance(content, tuple) else (content, None)
    frame = _feature_frame(inputs)
    if targets is None:
        return Table(frame=frame, notes=(), where=source.name)
    values = _target_frame(targets, target, frame.columns)
    if len(values) != len(frame):
        raise DataError(
            f"Inputs have {len(frame)} rows and targets {len(values)}: expected as many of both."
        )
    return Table(frame=pd.concat([frame, values], axis=1), notes=(), where=source.name)


def _feature_frame(inputs: Any) -> pd.DataFrame:
    if hasattr(inputs, "columns"):
        return read_table(Source(kind="frame", name="inputs", content=inputs)).frame
    array = np.asarray(inputs)
    if array.ndim != 2:
        raise DataError(f"Expected an array of rows and columns (2 axes), got shape {array.shape}.")
    if len(array) == 0:
        raise DataError("The array of inputs has no rows.")
    return pd.DataFrame(
        array, columns=[f"x{position}" for position in range(array.shape[1])]
    ).infer_objects()


def _target_frame(targets: Any, names: Sequence[str], taken: pd.Index[Any]) -> pd.DataFrame:
    """Targets as columns behind the features; their names are none of the features'."""
    array = np.asarray(targets)
    if array.ndim not in (1, 2):
        raise DataError(f"Expected targets of 1 or 2 axes, got shape {array.shape}.")
    array = array.reshape(len(array), -1)
    count = array.shape[1]
    if len(names) != count:
        names = ["target"] if count == 1 else [f"target_{position}" for position in range(count)]
    return pd.DataFrame(array, columns=[free_name(name, taken) for name in names]).infer_objects()


def _refuse_missing(table: Table, columns: Sequence[Column], targets: Sequence[str]) -> None:
    missing = missing_columns([*(column.name for column in columns), *targets], table.frame)
    if missing:
        raise DataError(
            f"{table.where} lacks columns that the model was trained on: {listed(missing)}."
            f" It has: {listed(list(table.frame.columns))}."
        )


def _superfluous(table: Table, columns: Sequence[Column], schema: Mapping[str, Any]) -> tuple[str, ...]:
    known = {*(column.name for column in columns), *schema["targets"], *schema["unused"]}
    extra = [name for name in table.frame.columns if name not in known]
    return (
        (f"{table.where}: columns the model does not know are ignored: {listed(extra)}.",) if extra else ()
    )


def _without_target(present: np.ndarray, names: Sequence[str]) -> tuple[str, ...]:
    gone = int((~present).sum())
    text = f"{gone} of {len(present)} rows have no target in {listed(names)} and are dropped."
    return (Note(text, gone / len(present)),) if gone else ()


def _texts(table: Table, column: str | None) -> np.ndarray | None:
    return None if column is None else as_text(table.frame[column])


def _times(table: Table, column: str | None) -> np.ndarray | None:
    if column is None:
        return None
    return sortable_times(table.frame[column], table.where)
