"""The table that reading is measured on."""

from __future__ import annotations

from pathlib import Path

from automl.data.source import open_source
from automl.data.tables import read_table
from benchmarks.reading import SIDES, measure, write_table


def test_both_sides_read_the_table_that_is_made(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", 50)

    table = read_table(open_source(tmp_path / "t.csv"))
    measured = [measure(tmp_path / "t.csv", side) for side in SIDES]

    assert (table.frame.shape, table.notes) == ((50, 21), ())
    assert all(item["seconds"] > 0 and item["megabytes"] > 10 for item in measured)
