"""Tables with a column of free text: classification, multi-label classification and regression.

The exported model takes one string per example, ``text``. Rows are named by their number in the source,
from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.data.choice import checked_drop
from automl.data.delimited import refuse_unknown
from automl.data.flags import Flags
from automl.data.label_types import label_type
from automl.data.modality import Dataset, Examples, Preprocessing, ReadOptions
from automl.data.source import NAMELESS_SERIES, Source
from automl.data.tables import Table, as_text, listed, plain_styles, read_table, row_keys, written_as
from automl.data.targets import check_variety, infer_task, read_targets, target_flags, target_notes
from automl.data.time_cells import sortable_times

TASKS: tuple[TaskKind, ...] = ("binary", "multiclass", "multilabel", "regression")

SAMPLE, FEWEST, CELLS = 2_000, 100, 100_000
MIN_WORDS = 3.0
MIN_DISTINCT = 0.5
MIN_LETTERS = 0.5
DOMINANT = 2 / 3


@dataclass(frozen=True, kw_only=True)
class Text:
    """The modality; see ``automl.data.modality.Modality``."""

    name: str = "text"
    tasks: Sequence[TaskKind] = TASKS

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read a table for training: find the text columns and the task, drop rows without target."""
        table = _table(source, options.target, header=options.header)
        target = _target(source, table, options)
        drop = checked_drop(list(table.frame.columns), options, target, table.where)
        roles = {options.group_column, options.id_column, options.time_column}
        aside = {*target, *drop, *(roles - {*options.keep})}
        names = [name for name in table.frame.columns if name not in aside]
        columns, ignored = _text_columns(table, names, options.keep)
        task = _task(table, target, options)
        flags = target_flags(table.frame[list(target)], task)
        targets, present = read_targets(table.frame[list(target)], task, table.where, flags)
        check_variety(targets[present], task, target, table.where)
        texts = _texts(table, columns)
        examples = Examples(
            inputs={"text": texts},
            targets={TARGET: targets},
            groups=_column(table, options.group_column),
            times=_times(table, options.time_column),
            keys=row_keys(table, options.id_column),
        )
        schema = {
            "columns": list(columns),
            "styles": plain_styles(table),
            "targets": list(target),
            "task": task,
            "label_type": label_type(table.frame[list(target)], task, typed=source.kind != "table"),
            "flags": asdict(flags) if flags else None,
            "header": options.header,
            "unused": [name for name in table.frame.columns if name not in columns],
            "id_column": options.id_column,
        }
        told = (*target_notes(table.frame[list(target)], task), *_without_target(present, target))
        return Dataset(
            examples=examples.take(np.flatnonzero(present)),
            schema=schema,
            task=task,
            target_names=target,
            notes=(*table.notes, *ignored, *_blank(texts), *told),
            columns=tuple(columns),
            kinds=dict.fromkeys(columns, "texts"),
        )

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read another table by the schema of the first."""
        source = written_as(source, schema.get("styles"), schema["targets"])
        table = _table(source, schema["targets"], header=schema["header"], columns=schema["columns"])
        _refuse_missing(table, [*schema["columns"], *(schema["targets"] if targets else ())])
        texts = np.array(_joined(table, schema["columns"]), dtype=object)
        id_column = schema["id_column"] if schema["id_column"] in table.frame.columns else None
        rows = np.arange(len(texts))
        examples = Examples(inputs={"text": texts}, keys=row_keys(table, id_column), rows=rows)
        notes = (*table.notes, *_superfluous(table, schema), *_blank(texts))
        if not targets:
            return examples, notes
        flags = Flags(**schema["flags"]) if schema.get("flags") else None
        values, present = read_targets(table.frame[schema["targets"]], schema["task"], table.where, flags)
        if not present.any():
            raise DataError(f"{table.where}: no row has a target in {listed(schema['targets'])}.")
        full = Examples(inputs=examples.inputs, targets={TARGET: values}, keys=examples.keys, rows=rows)
        return full.take(np.flatnonzero(present)), (*notes, *_without_target(present, schema["targets"]))

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Fit vocabularies and weights on the training rows; nothing in it is random."""
        part = dataset.examples.take(rows)
        groups = _groups((part.targets or {})[TARGET], dataset.task)
        from automl.data.preprocessing.text import fit_text

        return fit_text(part.inputs["text"], groups)

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """Nothing beyond the targets."""
        return {}


TEXT = Text()


def looks_like_text(frame: pd.DataFrame, target: Sequence[str]) -> bool:
    """Whether a table is mostly free text: such columns hold two thirds of its characters and more.

    A column is free text when its cells have 3 words on average, half of them are different and half of
    their characters are letters. The first 2,000 rows are looked at, fewer where a row has many cells.

    Args:
        frame: the table.
        target: names of the target columns, which do not count.
    """
    head = frame.head(max(FEWEST, min(SAMPLE, CELLS // max(1, frame.shape[1]))))
    names = [name for name in head.columns if name not in set(target)]
    sizes = {name: sum(len(cell) for cell in as_text(head[name])) for name in names}
    free = sum(sizes[name] for name in names if _is_free_text(head[name]))
    return free > 0 and free >= DOMINANT * sum(sizes.values())


def _table(
    source: Source, target: Sequence[str], *, header: bool, columns: Sequence[str] = ("text",)
) -> Table:
    """The source as a table; texts of an array or a nameless Series stand in the first of ``columns``."""
    if source.kind != "arrays":
        table = read_table(source, header=header)
        if list(table.frame.columns) == [NAMELESS_SERIES] and len(columns) == 1:
            table = replace(table, frame=table.frame.set_axis([*columns], axis=1))
        return table
    content = source.content
    texts, targets = content if isinstance(content, tuple) else (content, None)
    cells = np.asarray(texts, dtype=object)
    odd = [cell for cell in cells.flat if not isinstance(cell, str) and not _is_gone(cell)]
    if cells.ndim != 1 or odd:
        kind = type(odd[0] if odd else cells.flat[0]).__name__ if cells.size else "nothing"
        raise DataError(
            f"Expected a list or array of str, one per example, got shape {cells.shape} of {kind}."
        )
    if len(cells) == 0:
        raise DataError("The array of texts is empty: expected at least one text.")
    frame = pd.DataFrame({columns[0]: cells})
    if targets is None:
        return Table(frame=frame, notes=(), where=source.name)
    return Table(frame=_with_targets(frame, targets, target), notes=(), where=source.name)


def _is_gone(cell: Any) -> bool:
    """Whether a cell is None, NaN or NA, as pandas writes a missing text."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell)


def _with_targets(frame: pd.DataFrame, targets: Any, names: Sequence[str]) -> pd.DataFrame:
    array = np.asarray(targets)
    if len(array) != len(frame):
        raise DataError(f"There are {len(frame)} texts and {len(array)} targets: expected as many of both.")
    array = array.reshape(len(array), -1)
    count = array.shape[1]
    if len(names) != count:
        names = ["target"] if count == 1 else [f"target_{position}" for position in range(count)]
    return pd.concat([frame, pd.DataFrame(array, columns=list(names)).infer_objects()], axis=1)


def _target(source: Source, table: Table, options: ReadOptions) -> tuple[str, ...]:
    names = list(table.frame.columns)
    target = options.target
    if not target and source.kind == "arrays":
        target = tuple(name for name in names if name == "target" or name.startswith("target_"))
    if not target:
        raise DataError(f"{table.where}: which column is the target? Columns: {listed(names)}.")
    roles = (options.group_column, options.time_column, options.id_column)
    for name in (*target, *(column for column in roles if column is not None)):
        refuse_unknown(name, names, table.where)
    return target


def _task(table: Table, target: Sequence[str], options: ReadOptions) -> TaskKind:
    task = options.task or infer_task(table.frame[list(target)], table.where)
    if task not in TASKS:
        raise DataError(f"Text cannot be read for {task}; expected one of {listed(TASKS)}.")
    if task in ("binary", "multiclass") and len(target) > 1:
        raise DataError(f"{task} takes one target column, got {listed(target)}. Ask for multilabel.")
    return task


def _text_columns(
    table: Table, names: Sequence[str], keep: Sequence[str]
) -> tuple[list[str], tuple[str, ...]]:
    """The columns to read as text, and a note on those left aside."""
    if not names:
        raise DataError(f"{table.where} has no column besides the target: expected one with texts.")
    if len(names) == 1:
        return list(names), ()
    chosen = [name for name in names if name in keep or _is_free_text(table.frame[name].head(SAMPLE))]
    if not chosen:
        raise DataError(
            f"{table.where}: none of the columns {listed(names)} looks like free text"
            " (3 words and more per cell, mostly different). Name the text column: --keep COLUMN, or read"
            " the file as a table: --modality tabular."
        )
    ignored = [name for name in names if name not in chosen]
    aside = f"; ignored, because they are not free text: {listed(ignored)}" if ignored else ""
    return chosen, (f"Text is read from {listed(chosen)}{aside}.",)


def _is_free_text(series: pd.Series[Any]) -> bool:
    if pd.api.types.is_numeric_dtype(series.dtype) or pd.api.types.is_datetime64_any_dtype(series.dtype):
        return False
    cells = [cell for cell in as_text(series).tolist() if cell]
    if not cells:
        return False
    words = sum(len(cell.split()) for cell in cells) / len(cells)
    letters = sum(map(str.isalpha, "".join(cells))) / sum(map(len, cells))
    return words >= MIN_WORDS and len(set(cells)) >= MIN_DISTINCT * len(cells) and letters >= MIN_LETTERS


def _texts(table: Table, columns: Sequence[str]) -> np.ndarray:
    texts = np.array(_joined(table, columns), dtype=object)
    if not any(character.isalnum() for text in texts for character in text):
        raise DataError(
            f"{table.where}: the text column {listed(columns)} is empty in all {len(texts)} rows:"
            " expected words in it."
        )
    return texts


def _joined(table: Table, columns: Sequence[str]) -> list[str]:
    cells = [as_text(table.frame[name]).tolist() for name in columns]
    return [" ".join(part for part in parts if part) for parts in zip(*cells, strict=True)]


def _groups(targets: np.ndarray, task: TaskKind) -> np.ndarray:
    """Groups of examples whose words are compared with all others', ``(n, groups)`` bool.

    They are the 20 most frequent classes, or the upper half of each number.
    """
    if task in ("binary", "multiclass"):
        classes, counts = np.unique(targets.astype(str), return_counts=True)
        frequent = classes[np.argsort(-counts, kind="stable")][:20]
        return np.asarray(targets.astype(str)[:, None] == frequent[None, :])
    columns = targets.reshape(len(targets), -1)
    middle = 0.5 if task == "multilabel" else np.median(columns, axis=0)
    return np.asarray(columns > middle)


def _refuse_missing(table: Table, wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in table.frame.columns]
    if missing:
        raise DataError(
            f"{table.where} lacks columns that the model was trained on: {listed(missing)}."
            f" It has: {listed(list(table.frame.columns))}."
        )


def _superfluous(table: Table, schema: Mapping[str, Any]) -> tuple[str, ...]:
    known = {*schema["columns"], *schema["targets"], *schema["unused"]}
    extra = [name for name in table.frame.columns if name not in known]
    return (
        (f"{table.where}: columns the model does not know are ignored: {listed(extra)}.",) if extra else ()
    )


def _blank(texts: np.ndarray) -> tuple[str, ...]:
    count = sum(not text for text in texts)
    return (f"{count} of {len(texts)} texts are empty.",) if count else ()


def _without_target(present: np.ndarray, names: Sequence[str]) -> tuple[str, ...]:
    gone = int((~present).sum())
    text = f"{gone} of {len(present)} rows have no target in {listed(names)} and are dropped."
    return (Note(text, gone / len(present)),) if gone else ()


def _column(table: Table, name: str | None) -> np.ndarray | None:
    return None if name is None else as_text(table.frame[name])


def _times(table: Table, name: str | None) -> np.ndarray | None:
    if name is None:
        return None
    return sortable_times(table.frame[name], table.where)
