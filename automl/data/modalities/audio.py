"""The modality ``audio``: class folders and tables of paths of sounds.

Every source becomes a table with one column of sounds, so targets, groups and times are those of any table.
The exported model takes ``(n, samples) float32`` at the job's rate, any number of samples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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
from automl.data.class_folders import Walked, any_files, class_files
from automl.data.columns import columns_of
from automl.data.kinds.kind import Column
from automl.data.kinds.sound import SOUND, SOUND_FILES, form_of, names_sounds
from automl.data.modality import Dataset, Examples, Handling, ReadOptions
from automl.data.rows import targets_named
from automl.data.sounds import fit_length
from automl.data.source import PICTURE_SUFFIXES, SOUND_SUFFIXES, TABLES, Source
from automl.data.table_facts import facts_of_table
from automl.data.tables import listed
from automl.data.typed_rows import OfColumns, open_table, read_typed_rows, read_typed_rows_again
from automl.tasks.catalog import task_of
from automl.tasks.declaration import LABEL, TargetFacts

INPUT = "sound"
"""The model's input."""

SOUNDS, CLASS = "sound", "class"
"""Columns of the table that a folder becomes."""

FILE = "file"
"""What names examples in a file of predictions."""

FOLDS_BELOW = 5_000
"""Of fewer sounds none is left out of training: networks of folds are averaged."""

SEEN, MOST_PASSES = 60_000, 60
"""Sounds that a trial sees at least, and passes that it makes for it."""

SECOND_SECONDS = 3e-3
"""Of one core, for a second of sound in a pass of training: 2.1 ms for 0.87 s at 8 kHz, measured."""


@dataclass(frozen=True)
class AudioModality(OfColumns):
    """Sounds, brought to one rate and one channel when they are read.

    Raw examples are one input ``sound`` ``(n, samples) float32``, NaN behind the end of each.
    """

    name: str = "audio"

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for folders of sounds, and for tables by a column of their paths."""
        if source.kind == "folder":
            return Bid(strength=CERTAIN if _holds_sounds(source) else NO)
        facts = facts_of_table(source, options)
        return Bid(strength=NO if facts is None else facts.share((SOUND.name,), most=1))

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read sounds with their targets.

        Raises:
            DataError: no sounds, more than 5 % of them unreadable, one class, an unknown column, targets
                that do not fit the task.
        """
        if source.kind == "folder":
            table, walked = _class_table(source, SOUNDS, CLASS, fewest=2)
            given = replace(options, target=(CLASS,), task=options.task or _task(walked))
            notes = (*walked.notes, *_unused(options.target))
        elif _is_table(source):
            table, (given, notes) = source, _sounds_alone(source, options)
        else:
            raise DataError(
                f"Expected a folder of sounds per class or a table with a column of their paths, got "
                f"{source.name} ({source.kind}): the rate of sounds in memory is not known. Write "
                "them to files."
            )
        dataset = read_typed_rows(table, given, (SOUND.name,))
        (column,) = columns_of(dataset.schema)
        examples, lost = _heard(dataset.examples)
        return replace(
            dataset,
            schema={**dataset.schema, "columns": [replace(column, input=INPUT).as_json()]},
            examples=_named(examples, table, column.name, source.path, options.header),
            notes=(*notes, *dataset.notes, *lost),
            handling=_handling(column),
        )

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read other sounds to the form of ``schema``; to predict on, any folder or file will do."""
        (column,) = columns_of(schema)
        if source.kind == "arrays" and not _is_table(source):
            return _examples_of_arrays(source, column, targets=targets), ()
        table, notes = _table_again(source, column.name, schema["targets"], targets=targets)
        examples, told = read_typed_rows_again(table, schema, targets=targets)
        examples, lost = _heard(examples)
        named = _named(examples, table, column.name, source.path, schema["header"])
        return named, (*notes, *told, *lost)


AUDIO = AudioModality()


def _holds_sounds(source: Source) -> bool:
    """Whether there are more sounds than pictures below a folder."""
    suffixes = Counter(item.suffix.lower() for item in source.files)
    return sum(suffixes[name] for name in SOUND_SUFFIXES) > sum(suffixes[name] for name in PICTURE_SUFFIXES)


def _is_table(source: Source) -> bool:
    inputs = source.content[0] if isinstance(source.content, tuple) else None
    return source.kind in TABLES or (source.kind == "arrays" and hasattr(inputs, "columns"))


def _sounds_alone(source: Source, options: ReadOptions) -> tuple[ReadOptions, tuple[str, ...]]:
    """Drop all columns but the one of sounds, and tell which."""
    if options.keep:
        raise ConfigError(
            f"{source.name}: keep makes columns features, and sounds alone are read here. Leave it out, or "
            "read all columns: --modality mixed."
        )
    table = open_table(source, options.target, header=options.header)
    roles = {options.group_column, options.id_column}
    taken = {*targets_named(source, table, options), *options.drop, *roles}
    free = [name for name in table.frame.columns if name not in taken]
    sounds = [name for name in free if names_sounds(table.frame[name])]
    if len(sounds) != 1:
        found = f"found {listed(sounds)}" if sounds else f"found none among: {listed(free)}"
        raise DataError(
            f"{table.where}: expected one column with paths of sounds (ending in "
            f"{', '.join(SOUND_SUFFIXES)}), {found}. --drop COLUMN leaves one out, "
            "--modality mixed reads them all."
        )
    others = [name for name in free if name not in sounds]
    unread = [name for name in others if name != options.time_column]
    told = (f"Sounds alone are read, and not the columns {listed(unread)}.",) if unread else ()
    return replace(options, drop=(*options.drop, *others)), told


def _class_table(source: Source, file: str, label: str, *, fewest: int) -> tuple[Source, Walked]:
    """A folder of sounds per class as a table of two columns."""
    walked = class_files(source.path or Path(), SOUND_FILES, fewest=fewest)
    odd = [name for name in dict.fromkeys(walked.classes) if is_missing(name)]
    if odd:
        raise DataError(f"{walked.root}: the class {odd[0]!r} reads as a missing value. Rename its folder.")
    return _table_of(source, walked, file, {label: walked.classes}), walked


def _table_of(source: Source, walked: Walked, file: str, labels: Mapping[str, Sequence[str]]) -> Source:
    paths = [str(path.absolute()) for path in walked.files]
    frame = pd.DataFrame(
        {file: paths, **{name: list(values) for name, values in labels.items()}}, dtype=object
    )
    return replace(source, kind="frame", path=None, content=frame, name=str(walked.root))


def _table_again(
    source: Source, file: str, names: Sequence[str], *, targets: bool
) -> tuple[Source, tuple[str, ...]]:
    path = source.path
    if path is not None and path.is_file() and SOUND_FILES.has(path):
        if targets:
            raise DataError(f"{path}: a single sound has no label. Pass a folder per class.")
        alone = Walked(root=path.parent, files=(path,), notes=())
        return _table_of(source, alone, file, {}), ()
    if source.kind != "folder":
        return source, ()
    if not targets:
        walked = any_files(path or Path(), SOUND_FILES)
        return _table_of(source, walked, file, {}), walked.notes
    if len(names) != 1:
        raise DataError(f"{path}: folders name one class each, and the model has {len(names)} targets.")
    table, walked = _class_table(source, file, names[0], fewest=1)
    return table, walked.notes


def _task(walked: Walked) -> TaskKind:
    return task_of(TargetFacts(kind=LABEL, classes=len(set(walked.classes))))


def _unused(target: Sequence[str]) -> tuple[str, ...]:
    return (f"The folders' names are the labels; the target {target[0]!r} was not used.",) if target else ()


def _heard(examples: Examples) -> tuple[Examples, tuple[str, ...]]:
    """Leave out rows without a sound that can be read: there is nothing to learn from or predict on."""
    (sounds,) = examples.inputs.values()
    examples = replace(examples, inputs={INPUT: sounds})
    kept = np.flatnonzero(~np.isnan(sounds[:, 0]))
    lost = len(sounds) - len(kept)
    if not lost:
        return examples, ()
    said = f"{lost} of {len(sounds)} rows without a sound that can be read were left out."
    return examples.take(kept), (Note(said, lost / len(sounds)),)


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


def _handling(column: Column) -> Handling:
    """How sounds of a length are handled."""
    return replace(
        SOUND.handling,
        folds_below=FOLDS_BELOW,
        least_examples=SEEN,
        most_epochs=MOST_PASSES,
        example_seconds=SECOND_SECONDS * form_of(column).seconds,
    )


def _examples_of_arrays(source: Source, column: Column, *, targets: bool) -> Examples:
    """Sounds in memory ``(n, any)`` or ``(any,)`` at the job's rate, to predict on."""
    if targets or isinstance(source.content, tuple):
        raise DataError(
            "Expected files of sounds with their labels: a folder per class, or a table of paths."
        )
    values = np.atleast_2d(np.asarray(source.content))
    form = form_of(column)
    if values.ndim != 2 or values.dtype.kind != "f":
        raise DataError(
            f"Expected sounds as an array (n, samples) of decimal numbers from -1 to 1 at {form.rate:,} "
            f"Hz, got shape {values.shape} of {values.dtype}."
        )
    lengths = np.where(np.isnan(values), 0, np.arange(1, values.shape[1] + 1)).max(axis=1, initial=0)
    sounds = [fit_length(row[:length], form.samples) for row, length in zip(values, lengths, strict=True)]
    rows = np.arange(len(values))
    return Examples(inputs={INPUT: np.stack(sounds)}, keys={"row": rows}, rows=rows)
