"""What the measurement of predictions is made of; the commands themselves take too long here."""

from __future__ import annotations

import pytest

from benchmarks.predicting import Run, extrapolated, write_table


def test_the_table_has_ten_columns_and_every_row(tmp_path):
    lines = write_table(tmp_path / "t.csv", 30).read_text().splitlines()

    assert len(lines) == 31
    assert len(lines[0].split(",")) == len(lines[-1].split(",")) == 10


def test_starting_is_not_counted_once_for_each_row():
    few = Run(rows=1_000, seconds=10.0, cpu=12.0, peak=0.0)
    many = Run(rows=101_000, seconds=20.0, cpu=32.0, peak=0.0)

    seconds, cpu = extrapolated(few, many, 1_001_000)

    assert (seconds, cpu) == pytest.approx((110.0, 212.0))


def test_a_line_has_rows_time_and_memory():
    line = Run(rows=5_000_000, seconds=50.0, cpu=80.0, peak=1234.0).line("ours")

    assert " ".join(line.split()) == "ours 5,000,000 rows 50.0 s 80.0 s CPU 100,000 rows/s 1234 MB"
