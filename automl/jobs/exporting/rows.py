"""The rows that an exported file is compared on: real ones, of the job's own data where none are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from automl.core.errors import ConfigError, DataError
from automl.core.targets import held_rows, spread_rows
from automl.data.modality import Examples
from automl.jobs.config import config_from, read_config
from automl.jobs.folder import JobFolder

ROWS = 200
"""Rows that are compared."""

Reader: TypeAlias = Callable[[object, bool], tuple[Examples, tuple[str, ...]]]
"""Reads raw data, with or without targets."""


def sampled(files: JobFolder, data: object, read: Reader) -> tuple[Examples, tuple[str, ...]]:
    """Return raw examples in memory, evenly spread over the data, and notes on how it was read.

    Args:
        files: of the job.
        data: anything that a search reads; None for the data of the job.
        read: reads as the job does.

    Raises:
        ConfigError: the data of the job was in memory and is gone.
        DataError: it cannot be read, or holds no row.
    """
    given = data if data is not None else _own_data(files)
    examples, notes = _read(given, read, own=data is None)
    if not len(examples):
        raise DataError("The data to compare the exported file on has no rows.")
    rows = spread_rows(len(examples), ROWS)
    return Examples(inputs=held_rows(examples.inputs, rows)), notes


def _own_data(files: JobFolder) -> str:
    data = config_from(read_config(files.job), where=str(files.job)).data
    if data is None:
        raise ConfigError(
            "The job's data was in memory, so there are no rows to compare the exported file on. Give "
            "some: `automl export DIR --data FILE`, or result.export(..., data=frame)."
        )
    return data


def _read(data: object, read: Reader, *, own: bool) -> tuple[Examples, tuple[str, ...]]:
    """Read with targets where there are some: of a series there are more windows then."""
    try:
        return read(data, True)
    except DataError as error:
        if own and "No such file" in str(error):
            raise DataError(f"{error} It is the data of the job; name other rows with --data.") from None
        return read(data, False)
