"""Rows of a query are read in parts, in types that hold them, and nothing is written."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from decimal import Decimal

import pyarrow as pa
import pytest

from automl.core.errors import DataError
from automl.data.remote import query
from automl.data.remote.cells import common_schema, table_of_rows
from automl.data.remote.fetching import fetch
from automl.data.source import open_source
from automl.data.tables import as_text, read_table

LARGE = 2**60 + 1


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect("shop.db")) as database, database:
        database.execute("CREATE TABLE people (age INTEGER, name TEXT, height REAL, mixed)")
        rows = [(1, "Zé", 1.5, None), (None, "b", None, 2), (LARGE, None, 2.5, "x"), (4, "x0%", 3.0, 4)]
        database.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", rows)
    return tmp_path / "shop.db"


def texts(address: str) -> dict[str, list[str]]:
    frame = read_table(open_source(address)).frame
    return {name: as_text(frame[name]).tolist() for name in frame.columns}


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_rows_are_read_in_parts_whose_types_agree(shop, monkeypatch, rows):
    monkeypatch.setattr(query, "ROWS", rows)
    assert texts("sqlite:///shop.db?query=SELECT * FROM people") == {
        "age": ["1", "", str(LARGE), "4"],
        "name": ["Zé", "b", "", "x0%"],
        "height": ["1.5", "", "2.5", "3"],
        "mixed": ["", "2", "x", "4"],
    }


def test_the_query_is_told_without_the_rows_and_named_by_its_table(shop):
    source = open_source("sqlite:///shop.db?query=SELECT * FROM people WHERE age > 1")
    assert (source.name, source.kind) == ("people", "parquet")
    assert source.notes[0].startswith("Read 2 rows (")
    assert "age >" not in source.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT name FROM people WHERE name LIKE '%0%' AND ':x' <> '12:30' -- a@b?c=d&query=1",
        "SELECT+name+FROM+people+WHERE+name+LIKE+%27%250%25%27",
        "/* all */ WITH p AS (SELECT name FROM people WHERE age = 4) SELECT * FROM p;",
    ],
)
def test_queries_may_be_typed_or_encoded(shop, text):
    assert texts(f"sqlite:///shop.db?query={text}") == {"name": ["x0%"]}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sqlite:///shop.db", r"names a database: say which rows.*SELECT"),
        ("sqlite:///shop.db?query=", "say which rows"),
        ("sqlite:///none.db?query=SELECT 1", r"No such database: none\.db"),
        ("sqlite:///shop.db?query=DELETE FROM people", "Expected a query that reads"),
        (
            "sqlite:///shop.db?query=WITH a AS (SELECT 1) DELETE FROM people",
            "readonly|read-only|query_only",
        ),
        ("sqlite:///shop.db?query=SELECT * FROM nowhere", "no such table: nowhere"),
        ("sqlite:///shop.db?query=SELECT * FROM people WHERE age > 1e30", "gave no rows"),
        ("sqlite:///shop.db?query=SELECT age, name AS age FROM people", "'age' twice"),
        ("postgresql://me:swordfish@127.0.0.1:1/db?query=SELECT 1", r"\*\*\*@127.0.0.1:1/db failed"),
    ],
)
def test_what_gives_no_rows_is_refused_and_nothing_is_written(shop, address, words):
    with pytest.raises(DataError, match=words) as caught:
        fetch(address)
    assert "swordfish" not in str(caught.value)
    assert len(texts("sqlite:///shop.db?query=SELECT * FROM people")["age"]) == 4


def test_rows_pass_and_nobody_else_may_read_them(shop):
    copy = fetch("sqlite:///shop.db?query=SELECT * FROM people")
    assert copy.passing
    assert copy.path.parents[1].stat().st_mode & 0o077 == 0


def test_rows_are_bounded(shop, monkeypatch):
    monkeypatch.setenv("AUTOML_REMOTE_LIMIT", "10B")
    with pytest.raises(DataError, match="Ask for fewer"):
        fetch("sqlite:///shop.db?query=SELECT * FROM people")


def test_cells_of_any_driver_become_arrow():
    row = (
        Decimal("1.50"),
        Decimal("NaN"),
        uuid.UUID(int=1),
        {"a": 1},
        memoryview(b"x"),
        float("nan"),
        2**70,
    )
    table = table_of_rows([*"abcdefg"], [row])
    assert table.to_pylist() == [
        {
            "a": "1.50",
            "b": None,
            "c": str(uuid.UUID(int=1)),
            "d": '{"a": 1}',
            "e": b"x",
            "f": None,
            "g": str(2**70),
        }
    ]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((pa.null(), pa.int64()), pa.int64()),
        ((pa.int64(), pa.float64()), pa.float64()),
        ((pa.int64(), pa.string()), pa.string()),
        ((pa.null(), pa.null()), pa.string()),
    ],
)
def test_parts_of_several_types_have_a_common_one(kinds, expected):
    assert common_schema([pa.schema([("a", kind)]) for kind in kinds]).field("a").type == expected
