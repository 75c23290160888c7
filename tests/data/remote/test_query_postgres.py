"""Queries of PostgreSQL: its own types become columns, and it refuses to write."""

from __future__ import annotations

import psycopg
import pytest

from automl.core.errors import DataError
from automl.data.remote import query
from automl.data.remote.fetching import fetch
from automl.data.source import open_source
from automl.data.tables import as_text, read_table
from tests.postgres import running_server

TABLE = """
CREATE TABLE orders (at int, amount numeric(9, 4), paid boolean, made timestamptz, more jsonb, parts int[]);
INSERT INTO orders SELECT i, i + 0.25, i > 1, '2026-01-31 12:00+00', '{"a": 1}', ARRAY[i] FROM
  generate_series(1, 3) i;
INSERT INTO orders (at) VALUES (NULL);
CREATE SEQUENCE numbers;
"""
ROWS = "?connect_timeout=5&query=SELECT * FROM orders ORDER BY at::int"


@pytest.fixture(scope="module")
def address():
    with running_server() as server:
        with psycopg.connect(server.url) as connection:
            connection.execute(TABLE)
        yield server.url


def test_cells_of_its_types_are_read_in_parts(address, monkeypatch):
    monkeypatch.setattr(query, "ROWS", 2)
    source = open_source(address + ROWS)
    frame = read_table(source).frame
    assert source.name == "orders"
    assert {
        name: as_text(frame[name]).tolist()[::3] for name in ("at", "amount", "paid", "more", "parts")
    } == {
        "at": ["1", ""],
        "amount": ["1.2500", ""],
        "paid": ["False", ""],
        "more": ['{"a": 1}', ""],
        "parts": ["[1]", ""],
    }
    assert str(frame["made"].dt.tz_convert("UTC")[0]) == "2026-01-31 12:00:00+00:00"


@pytest.mark.parametrize(
    "text",
    ["SELECT nextval('numbers')", "WITH gone AS (DELETE FROM orders RETURNING at) SELECT * FROM gone"],
)
def test_it_writes_nothing(address, text):
    with pytest.raises(DataError, match=r"read-only|must not contain data-modifying"):
        fetch(f"{address}?query={text}")
    assert len(read_table(open_source(address + ROWS)).frame) == 4
