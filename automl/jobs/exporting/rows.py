"""The rows that an exported file is compared on: real ones, of the job's own data where none are given."""

from __future__ import annotations

from automl.core.errors import ConfigError, DataError
from automl.core.targets import held_rows, spread_rows
from automl.data.modality import Examples
from automl.data.source import Source, open_source
from automl.jobs.fetched import read_job
from automl.jobs.opened import OpenedModel

ROWS = 200
"""Rows that are compared."""


def sampled(opened: OpenedModel, data: object) -> tuple[Examples, tuple[str, ...]]:
    """Return raw examples in memory, evenly spread over the data, and notes on how it was read.

    Of a large table they are of its first part.

    Args:
        opened: the job.
        data: anything that a search reads; None for the data of the job.

    Raises:
        ConfigError: the data of the job was in memory and is gone.
        DataError: it cannot be read, or holds no row.
    """
    source = _own_data(opened) if data is None else open_source(data)
    examples, notes = _read(opened, source)
    if not len(examples):
        raise DataError("The data to compare the exported file on has no rows.")
    rows = spread_rows(len(examples), ROWS)
    return Examples(inputs=held_rows(examples.inputs, rows)), notes


def _own_data(opened: OpenedModel) -> Source:
    files = opened.files
    data = read_job(files).data
    if data is None:
        raise ConfigError(
            "The job's data was in memory, so there are no rows to compare the exported file on. Give "
            "some: `automl export DIR --data FILE`, or result.export(..., data=frame)."
        )
    try:
        return open_source(data)
    except DataError as error:
        raise DataError(f"{error} It is the data of the job; name other rows with --data.") from None


def _read(opened: OpenedModel, source: Source) -> tuple[Examples, tuple[str, ...]]:
    """Read with targets where there are some: of a series there are more windows then."""
    parts = opened.parts(source, targets=False)
    if parts is not None:
        return next(iter(parts)), ()
    try:
        return opened.read_named(source, True)
    except DataError:
        return opened.read_named(source, False)
