"""Rows of a query to a database, read in parts and kept as one Parquet file.

Nothing is written: the query begins with SELECT, WITH, VALUES or TABLE, and runs where the database itself
refuses to write (a read-only transaction, SQLite's read-only mode).
"""

from __future__ import annotations

import atexit
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, unquote_plus

import pyarrow as pa
import pyarrow.parquet as parquet

from automl.core.errors import AutomlError, DataError, MissingDependencyError
from automl.core.phases import Phases
from automl.data.remote.address import file_name, scheme_of
from automl.data.remote.cells import common_schema, table_of_rows
from automl.data.remote.store import folder, limit

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

ROWS = 50_000
"""Rows that are read and held at once."""

_QUERY = re.compile(r"[?&]query=")
_READS = re.compile(r"(?is)(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(select|with|values|table)\b")
_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
_EXTRAS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql"}


@dataclass(frozen=True, kw_only=True)
class Query:
    """A query and where it goes.

    Attributes:
        address: of the database, with its secrets.
        text: of the query, SQL.
        place: the address without secrets, for messages.
    """

    address: str
    text: str
    place: str


def parse_query(address: str, shown: str) -> Query:
    """Take an address apart: what stands behind ``query=``, to the end, is the query.

    It may be typed as it is; without a blank it is taken as encoded like any part of an address.

    Raises:
        DataError: there is no query, or one that does not read.
    """
    parts = _QUERY.split(address, maxsplit=1)
    place = _QUERY.split(shown, maxsplit=1)[0]
    if len(parts) == 1 or not parts[1].strip():
        example = f"{place}?query=SELECT ..."
        raise DataError(f"{place} names a database: say which rows, as in {example!r}.")
    text = parts[1] if re.search(r"\s", parts[1].strip()) else unquote_plus(parts[1])
    if not _READS.match(text):
        raise DataError(f"Expected a query that reads, SELECT ..., got {text.strip()[:60]!r}.")
    return Query(address=parts[0], text=text, place=place)


def read_query(query: Query, phases: Phases) -> tuple[Path, int]:
    """Run a query and return a Parquet file of its rows, gone when this process ends, and their number.

    Args:
        query: what is asked.
        phases: is told of rows, and gives up at the deadline.

    Raises:
        DataError: the database does not answer, refuses the query, or has no rows for it.
        MissingDependencyError: its driver is not installed.
    """
    scratch = _scratch()
    parts: list[Path] = []
    count = 0
    with phases.phase(f"reading rows of {query.place}") as phase:
        for table in _tables(query):
            parts.append(scratch / f"{len(parts)}.parquet")
            parquet.write_table(table, parts[-1])
            count += len(table)
            phase.advance(len(table))
            _refuse_too_large(parts, query)
    if not count:
        raise DataError(f"The query of {query.place} gave no rows: {query.text.strip()[:200]}")
    path = (scratch / file_name(*_names(query))).with_suffix(".parquet")
    path.parent.mkdir(exist_ok=True)
    _join(parts, path)
    return path, count


def _tables(query: Query) -> Iterator[pa.Table]:
    with _understood(query), closing(_Open(query)) as opened:
        yield from opened.tables()


class _Open:
    """A connection on which the query runs."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._engine = _engine(query)
        self._connection: Connection = _reading(self._engine)

    def tables(self) -> Iterator[pa.Table]:
        # as the database has it: neither colons nor percent signs are places for values
        result = self._connection.exec_driver_sql(self._query.text)
        names = [str(name) for name in result.keys()]  # noqa: SIM118  no mapping
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DataError(f"The query gives the column {twice[0]!r} twice: rename one, AS other.")
        for rows in result.partitions(ROWS):
            yield table_of_rows(names, rows)

    def close(self) -> None:
        self._connection.close()  # rolls back
        self._engine.dispose()


def _engine(query: Query) -> Engine:
    from sqlalchemy import create_engine, make_url

    scheme = scheme_of(query.address)
    if scheme == "sqlite":
        file = Path(unquote(query.address.partition(":///")[2].partition("?")[0]))
        if not file.is_file():
            raise DataError(f"No such database: {file}. Expected sqlite:///FILE?query=SELECT ...")
        place = f"file:{quote(str(file.absolute()))}?mode=ro"
        return create_engine("sqlite://", creator=lambda: sqlite3.connect(place, uri=True))
    url = make_url(query.address)
    plain = "+" not in url.drivername
    return create_engine(url.set(drivername=_DRIVERS[scheme]) if plain else url)


def _reading(engine: Engine) -> Connection:
    """A connection that cannot write, and that gives rows as they come."""
    connection = engine.connect()
    options: dict[str, Any] = {"stream_results": True, "max_row_buffer": ROWS, "no_parameters": True}
    name = engine.dialect.name
    if name == "postgresql":
        options["postgresql_readonly"] = True
    connection = connection.execution_options(**options)
    if name == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
    if name in ("mysql", "mariadb"):
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
    return connection


@contextmanager
def _understood(query: Query) -> Iterator[None]:
    """Each database has errors of its own, of which the user needs the first line, without its password."""
    try:
        yield
    except AutomlError:
        raise
    except ImportError as error:
        extra = _EXTRAS.get(scheme_of(query.address))
        hint = f" Install it with: pip install 'automl-keras[{extra}]'" if extra else ""
        raise MissingDependencyError(
            f"The driver of {query.place} is not installed: {error}.{hint}"
        ) from None
    except Exception as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"The query of {query.place} failed: {first}") from None


def _scratch() -> Path:
    """A folder that is removed when this process ends."""
    made = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder()))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def _refuse_too_large(parts: list[Path], query: Query) -> None:
    size = sum(part.stat().st_size for part in parts)
    if size > limit():
        raise DataError(
            f"The rows of {query.place} take more than {limit():,} bytes. Ask for fewer: WHERE, LIMIT."
        )


def _join(parts: list[Path], path: Path) -> None:
    """One file of all parts, in types that hold the cells of each; one part is in memory at a time."""
    schema = common_schema([parquet.read_schema(part) for part in parts])
    with parquet.ParquetWriter(path, schema) as writer:
        for part in parts:
            writer.write_table(parquet.read_table(part).cast(schema))
            part.unlink()


def _names(query: Query) -> tuple[str, str]:
    """What the rows are called: the database, and the table behind FROM where there is a name."""
    found = re.search(r"(?i)\bfrom\s+[\"`\[]?([\w.]+)", query.text)
    database = Path(query.place.partition("?")[0]).stem
    return database, found[1].rpartition(".")[2] if found else "query"
