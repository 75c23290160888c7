"""The sample of a large table: drawn once, kept in the cache for whoever reads the table next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from automl.data.cache import key_of
from automl.data.large.drawn import Drawn, read_drawn, write_drawn
from automl.data.large.parquet_file import cell_bytes, count_rows, draw_parquet
from automl.data.large.text_sample import draw_text
from automl.data.source import Sampling, Source

_HEAD = 1 << 18


def drawn_rows(source: Source, *, header: bool = True) -> Drawn:
    """Return the sample of a table whose source asks for one, drawn once per source and cache.

    Args:
        source: a file, with ``sampling``.
        header: False when the first row of a text table is data.

    Raises:
        DataError: it cannot be read.
        NotInPartsError: it is one of those that are only read at once.
    """
    return cast("Drawn", source.kept.get(("drawn", header), lambda: _found(source, header=header)))


@dataclass(frozen=True, kw_only=True)
class TableSize:
    """How large a table in a file is.

    Attributes:
        bytes: of its text, or of its cells at eight bytes each.
        rows: about how many.
    """

    bytes: int
    rows: float


def size_of(source: Source) -> TableSize | None:
    """Return how large a table in a file is, by a look at its beginning; None for other sources."""
    path = source.path
    if path is None or source.content is not None or not path.is_file():
        return None
    if source.kind == "parquet":
        return TableSize(bytes=cell_bytes(path), rows=count_rows(path))
    if source.kind != "table":
        return None
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    return TableSize(bytes=size, rows=size * max(1, head.count(b"\n")) / max(1, len(head)))


def _found(source: Source, *, header: bool) -> Drawn:
    path, sampling = source.path, source.sampling
    if path is None or sampling is None:
        raise ValueError(f"{source.name} is not to be sampled")

    def draw() -> Drawn:
        return (
            draw_parquet(path, sampling)
            if source.kind == "parquet"
            else draw_text(path, sampling, header=header)
        )

    if source.cache is None:
        return draw()
    return read_drawn(
        source.cache.entry(_key(source, sampling, header=header), lambda draft: write_drawn(draft, draw()))
    )


def _key(source: Source, sampling: Sampling, *, header: bool) -> str:
    facts = source.path.stat() if source.path is not None else None
    known = [] if facts is None else [facts.st_size, facts.st_mtime_ns]
    return key_of(
        "drawn", [str(source.path), *known], [header, sampling.rows, sampling.seed, list(sampling.watched)]
    )
