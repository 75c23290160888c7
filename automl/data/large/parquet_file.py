"""A Parquet file batch by batch: a sample of its rows, and all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from automl.core.errors import DataError
from automl.data.large.drawn import Drawn, FirstOfEach
from automl.data.source import Sampling

ROWS = 1 << 16
"""Rows of a batch."""


def batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Read a file batch by batch, in the order of its rows.

    Raises:
        DataError: it cannot be read.
    """
    try:
        # without memory mapping and buffering ahead a row group is never held as a whole
        with parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
            yield from file.iter_batches(batch_size=ROWS)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DataError(f"Cannot read {path} as Parquet: {error}") from error


def count_rows(path: Path) -> int:
    """Return how many rows a file has.

    Raises:
        DataError: it cannot be read.
    """
    return int(_facts(path).num_rows)


def cell_bytes(path: Path) -> int:
    """Return what the cells of a file take in memory, about: eight bytes each.

    Raises:
        DataError: it cannot be read.
    """
    facts = _facts(path)
    return 8 * int(facts.num_rows) * int(facts.num_columns)


def draw_parquet(path: Path, sampling: Sampling) -> Drawn:
    """Draw a sample of the rows of a Parquet file.

    Args:
        path: the file.
        sampling: how many rows, and the columns of which every value is to be there.

    Raises:
        DataError: it cannot be read.
    """
    watched = {name: FirstOfEach() for name in sampling.watched}
    rare: list[tuple[np.ndarray, pa.RecordBatch]] = []
    taken: list[pa.RecordBatch] = []
    rows: list[np.ndarray] = []
    total, share = 0, sampling.rows / max(count_rows(path), 1)
    for number, batch in enumerate(batches(path)):
        random = np.random.default_rng([sampling.seed, number])
        chosen = np.flatnonzero(random.random(batch.num_rows) < share)
        found = [_first(watch, batch, name, total) for name, watch in watched.items()]
        others = np.setdiff1d(np.array([*chain.from_iterable(found)], np.int64), chosen)
        rare.append((others + total, batch.take(pa.array(others))))
        taken.append(batch.take(pa.array(chosen, pa.int64())))
        rows.append(chosen + total)
        total += batch.num_rows
    wanted = [place for watch in watched.values() for place in watch.rows]
    for places, batch in rare:
        needed = np.isin(places, wanted)
        taken.append(batch.filter(pa.array(needed)))
        rows.append(places[needed])
    return Drawn(
        content=np.frombuffer(_stream(taken), np.uint8),
        rows=np.concatenate(rows) if rows else np.array([], np.int64),
        total=total,
    )


def _first(watch: FirstOfEach, batch: pa.RecordBatch, name: str, first: int) -> list[int]:
    known = name in batch.schema.names
    return watch.find(pa.chunked_array([batch.column(name)]), first) if known else []


def table_of(drawn: Drawn) -> pa.Table:
    """Return the rows of a sample as an Arrow table."""
    return pa.ipc.open_stream(pa.py_buffer(drawn.content)).read_all()


def _facts(path: Path) -> Any:
    try:
        return parquet.read_metadata(path)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DataError(f"Cannot read {path} as Parquet: {error}") from error


def _stream(taken: list[pa.RecordBatch]) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    if taken:
        with pa.ipc.new_stream(sink, taken[0].schema) as writer:
            for batch in taken:
                writer.write_batch(batch)
    return sink.getvalue()
