"""Modalities of files of one kind, such as sounds or videos: class folders and tables of their paths.

Every source becomes a table with one column of such files, so targets, groups and times are those of any
table. The exported model takes one input, named after the kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import ConfigError, DataError
from automl.core.notes import Note
from automl.core.specs import TaskKind
from automl.data.bids import CERTAIN, NO, Bid
from automl.data.cells import as_text, is_missing
from automl.data.class_folders import FileKind, Walked, any_files, class_files
from automl.data.columns import columns_of
from automl.data.file_groups import GroupWords, column_of_groups, groups_by_name
from automl.data.kinds.file_paths import FilePaths
from automl.data.kinds.kind import Column, Kind
from automl.data.modality import Dataset, Examples, Handling, ReadOptions
from automl.data.rows import targets_named
from automl.data.source import TABLES, Source
from automl.data.table_facts import facts_of_table
from automl.data.tables import listed
from automl.data.typed_rows import OfColumns, open_table, read_typed_rows, read_typed_rows_again
from automl.tasks.catalog import task_of
from automl.tasks.declaration import LABEL, TargetFacts

CLASS = "class"
"""Column of the labels of the table that a folder becomes."""

FILE = "file"
"""What names examples in a file of predictions."""


@dataclass(frozen=True, kw_only=True)
class FileTables(OfColumns):
    """A modality of files of one kind; implements ``automl.data.modality.Modality``.

    Attributes:
        name: of the modality.
        kind: of the column of files; the model's input is named after it.
        files: what is looked for.
        holds: whether a folder is one of such files.
        present: which raw examples could be read, from an array of them to ``(n,) bool``.
        handling: how examples are handled that are as their column says.
        in_memory: examples in memory, to predict on, as raw ones.
        not_learned: why there is no training on examples in memory, a clause.
        groups: words for what several files may be parts of, where groups are guessed; or None.
        reads: see ``Modality``.
    """

    name: str
    kind: Kind
    files: FileKind
    holds: Callable[[Source], bool]
    present: Callable[[np.ndarray], np.ndarray]
    handling: Callable[[Column], Handling]
    in_memory: Callable[[Any, Column], np.ndarray]
    not_learned: str
    groups: GroupWords | None = None
    reads: tuple[str, ...] = ()

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for folders of such files, and for tables by a column of their paths."""
        if source.kind == "folder":
            return Bid(strength=CERTAIN if self.holds(source) else NO)
        facts = facts_of_table(source, options)
        if facts is None or self.kind.name not in facts.names:
            return Bid(strength=NO)
        given, _ = self._with_groups(source, options)
        known = facts if given == options else facts_of_table(source, given) or facts
        return Bid(strength=known.share((self.kind.name,), most=1))

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read files with their targets.

        Raises:
            DataError: no such files, more than 5 % of them unreadable, one class, an unknown column,
                targets that do not fit the task.
        """
        if source.kind == "folder":
            table, walked = self._class_table(source, CLASS, fewest=2)
            given = replace(options, target=(CLASS,), task=options.task or _task(walked))
            notes = (*walked.notes, *_unused(options.target))
        elif _is_table(source):
            table, (given, notes) = source, self._alone(source, options)
        else:
            raise DataError(
                f"Expected a folder of {self.files.words} per class or a table with a column of their "
                f"paths, got {source.name} ({source.kind}): {self.not_learned}. Write them to files."
            )
        dataset = read_typed_rows(table, given, (self.kind.name,))
        (column,) = columns_of(dataset.schema)
        examples, lost = self._readable(dataset.examples)
        examples = _named(examples, table, column.name, source.path, options.header)
        examples, told = self._grouped(examples)
        return replace(
            dataset,
            schema={**dataset.schema, "columns": [replace(column, input=self.kind.name).as_json()]},
            examples=examples,
            notes=(*notes, *dataset.notes, *lost, *told),
            handling=self.handling(column),
        )

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read other files to the form of ``schema``; to predict on, any folder or file will do."""
        (column,) = columns_of(schema)
        if source.kind == "arrays" and not _is_table(source):
            return self._of_arrays(source, column, targets=targets), ()
        table, notes = self._table_again(source, column.name, schema["targets"], targets=targets)
        examples, told = read_typed_rows_again(table, schema, targets=targets)
        examples, lost = self._readable(examples)
        named = _named(examples, table, column.name, source.path, schema["header"])
        return named, (*notes, *told, *lost)

    def _alone(self, source: Source, options: ReadOptions) -> tuple[ReadOptions, tuple[str, ...]]:
        """Drop all columns but the one of files, and tell which."""
        words = self.files.words
        if options.keep:
            raise ConfigError(
                f"{source.name}: keep makes columns features, and {words} alone are read here. Leave it "
                "out, or read all columns: --modality mixed."
            )
        options, told = self._with_groups(source, options)
        table, free = _free(source, options)
        files = [name for name in free if FilePaths(files=self.files).named_by(table.frame[name])]
        if len(files) != 1:
            found = f"found {listed(files)}" if files else f"found none among: {listed(free)}"
            raise DataError(
                f"{table.where}: expected one column with paths of {words} (ending in "
                f"{', '.join(self.files.suffixes)}), {found}. --drop COLUMN leaves one out, "
                "--modality mixed reads them all."
            )
        others = [name for name in free if name not in files]
        unread = [name for name in others if name != options.time_column]
        if unread:
            said = f"{words.capitalize()} alone are read, and not the columns {listed(unread)}."
            told = (*told, said)
        return replace(options, drop=(*options.drop, *others)), told

    def _with_groups(self, source: Source, options: ReadOptions) -> tuple[ReadOptions, tuple[str, ...]]:
        """Take a column for that of groups, where the user names none and one looks like it."""
        if self.groups is None or options.group_column or options.time_column:
            return options, ()
        table, free = _free(source, options)
        column = column_of_groups(table.frame, free, self.groups)
        if column is None:
            return options, ()
        said = (
            f"Column {column!r} was taken for the {self.groups.one} of each of the {self.files.words}: "
            f"those of one {self.groups.one} stay on one side of a split. --drop {column!r} splits without "
            "it, --group-column names another."
        )
        return replace(options, group_column=column), (said,)

    def _grouped(self, examples: Examples) -> tuple[Examples, tuple[str, ...]]:
        """Guess groups by the names of files, where no column has told them."""
        if self.groups is None or examples.groups is not None or examples.times is not None:
            return examples, ()
        found = groups_by_name([Path(name).stem for name in examples.keys.get(FILE, ())])
        if found is None:
            return examples, ()
        count = len(set(found.groups))
        said = (
            f"By their names ({found.example}), the {len(examples)} {self.files.words} are parts of "
            f"{count} {self.groups.many}: those of one {self.groups.one} stay on one side of a split."
        )
        return replace(examples, groups=np.array(found.groups, dtype=object)), (said,)

    def _class_table(self, source: Source, label: str, *, fewest: int) -> tuple[Source, Walked]:
        """A folder of files per class as a table of two columns."""
        walked = class_files(source.path or Path(), self.files, fewest=fewest)
        odd = [name for name in dict.fromkeys(walked.classes) if is_missing(name)]
        if odd:
            raise DataError(
                f"{walked.root}: the class {odd[0]!r} reads as a missing value. Rename its folder."
            )
        return _table_of(source, walked, self.kind.name, {label: walked.classes}), walked

    def _table_again(
        self, source: Source, file: str, names: Sequence[str], *, targets: bool
    ) -> tuple[Source, tuple[str, ...]]:
        path = source.path
        if path is not None and path.is_file() and self.files.has(path):
            if targets:
                raise DataError(f"{path}: a single file has no label. Pass a folder per class.")
            alone = Walked(root=path.parent, files=(path,), notes=())
            return _table_of(source, alone, file, {}), ()
        if source.kind != "folder":
            return source, ()
        if not targets:
            walked = any_files(path or Path(), self.files)
            return _table_of(source, walked, file, {}), walked.notes
        if len(names) != 1:
            raise DataError(f"{path}: folders name one class each, and the model has {len(names)} targets.")
        walked = class_files(path or Path(), self.files, fewest=1)
        return _table_of(source, walked, file, {names[0]: walked.classes}), walked.notes

    def _readable(self, examples: Examples) -> tuple[Examples, tuple[str, ...]]:
        """Leave out rows without a file that can be read: there is nothing to learn from or predict on."""
        (raw,) = examples.inputs.values()
        examples = replace(examples, inputs={self.kind.name: raw})
        kept = np.flatnonzero(self.present(raw))
        lost = len(raw) - len(kept)
        if not lost:
            return examples, ()
        said = f"{lost} of {len(raw)} rows without {self.files.words} that can be read were left out."
        return examples.take(kept), (Note(said, lost / len(raw)),)

    def _of_arrays(self, source: Source, column: Column, *, targets: bool) -> Examples:
        """Examples in memory, to predict on."""
        if targets or isinstance(source.content, tuple):
            raise DataError(
                f"Expected files of {self.files.words} with their labels: a folder per class, or a table "
                "of paths."
            )
        raw = self.in_memory(source.content, column)
        rows = np.arange(len(raw))
        return Examples(inputs={self.kind.name: raw}, keys={"row": rows}, rows=rows)


def _is_table(source: Source) -> bool:
    inputs = source.content[0] if isinstance(source.content, tuple) else None
    return source.kind in TABLES or (source.kind == "arrays" and hasattr(inputs, "columns"))


def _free(source: Source, options: ReadOptions) -> tuple[Any, list[str]]:
    """The table, and its columns that have no role yet."""
    table = open_table(source, options.target, header=options.header)
    roles = {options.group_column, options.id_column}
    taken = {*targets_named(source, table, options), *options.drop, *roles}
    return table, [name for name in table.frame.columns if name not in taken]


def _table_of(source: Source, walked: Walked, file: str, labels: Mapping[str, Sequence[str]]) -> Source:
    paths = [str(path.absolute()) for path in walked.files]
    frame = pd.DataFrame(
        {file: paths, **{name: list(values) for name, values in labels.items()}}, dtype=object
    )
    return replace(source, kind="frame", path=None, content=frame, name=str(walked.root))


def _task(walked: Walked) -> TaskKind:
    return task_of(TargetFacts(kind=LABEL, classes=len(set(walked.classes))))


def _unused(target: Sequence[str]) -> tuple[str, ...]:
    return (f"The folders' names are the labels; the target {target[0]!r} was not used.",) if target else ()


def _named(examples: Examples, table: Source, column: str, root: Path | None, header: bool) -> Examples:
    """Name each example by its file, as a table has it, or relative to the folder."""
    if examples.rows is None:
        return examples
    cells = as_text(open_table(table, (), header=header).frame[column])[examples.rows]
    if table.path is not None or root is None:
        return replace(examples, keys={**examples.keys, FILE: cells})
    base = (root if root.is_dir() else root.parent).absolute()
    names = np.array([Path(cell).relative_to(base).as_posix() for cell in cells], dtype=object)
    return replace(examples, keys={FILE: names})
