"""The table that large reading is measured on."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.large import SIDES, measure, write_table


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_both_sides_read_every_row_of_the_table_that_is_made(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"t.{form}"
    write_table(path, 500)

    measured = [measure(path, side, 100) for side in SIDES]

    assert [item["rows"] for item in measured] == [500, 500]
