"""Predictions that are files: a folder of them, with a table of their names and what else is predicted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from automl.cli.notes import show_notes
from automl.cli.output import STDOUT, harmless, opened
from automl.core.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from automl.data.source import Source
    from automl.jobs.result import Result

TABLE, RECORDS = "predictions.csv", "predictions.json"
"""The table in the folder, and where it has lists the same as objects."""


def write_files(
    result: Result, source: Source, folder: Path, *, safe: bool, lists: Sequence[str] = ()
) -> int:
    """Predict, and write a file for each example and a table of all into a folder; return how many.

    Args:
        result: of the job.
        source: what is predicted.
        folder: a new one, or an empty one.
        safe: whether texts of the table are made harmless for spreadsheets.
        lists: columns that hold lists as JSON.

    Raises:
        ConfigError: the folder holds something, or is none.
    """
    import pandas as pd

    _check(folder)
    write = result.writes
    if write is None:
        raise ConfigError("The task of this job writes no files.")
    parts = []
    for part in result.predict_parts(source, told=show_notes, spelled=True):
        folder.mkdir(parents=True, exist_ok=True)
        parts.append(write(part, folder))
    table = pd.concat(parts)
    with opened(str(folder / TABLE)) as stream:
        (harmless(table) if safe else table).to_csv(stream, index=False, lineterminator="\n")
    if lists:
        with opened(str(folder / RECORDS)) as stream:
            write_records(stream, table, lists, first=True)
            stream.write("\n]\n")
    return len(table)


def write_records(stream: IO[str], table: pd.DataFrame, lists: Sequence[str], *, first: bool) -> None:
    """Write the rows of a table as objects of an array that is closed later.

    Args:
        stream: takes them.
        table: predictions.
        lists: columns that hold lists as JSON; they become such.
        first: whether the array begins here.
    """
    from automl.jobs.written import records_of

    for row, record in enumerate(records_of(table, lists)):
        stream.write("[\n" if first and not row else ",\n")
        stream.write(json.dumps(record))


def _check(folder: Path) -> None:
    if str(folder) == STDOUT or (folder.exists() and not folder.is_dir()):
        raise ConfigError(
            f"Cannot write {folder}: masks are PNG files, so --output names a folder that is new or empty."
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise ConfigError(f"Cannot write into {folder}: it is not empty. Name a new folder.")
    if not folder.absolute().parent.is_dir():
        raise ConfigError(f"Cannot write {folder}: the folder {folder.absolute().parent} does not exist.")
