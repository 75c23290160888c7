"""Numbers as people write them: how each style is read, what decides where two fit, and what is told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from automl.core.notes import warnings_of
from automl.data.source import open_source
from automl.data.tables import Table, as_number, as_text, read_table


def read(folder: Path, content: str) -> Table:
    (folder / "t.csv").write_text(content, encoding="utf-8")
    return read_table(open_source(folder / "t.csv"))


def numbers(table: Table, name: str = "a") -> list[float]:
    values, odd = as_number(table.frame[name])
    assert odd == 0
    return values.tolist()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1,5", "-22,75", "3"], [1.5, -22.75, 3]),
        (["1.234,5", "12.000", "7"], [1234.5, 12000, 7]),
        (["1,234.5", "12,000", "7"], [1234.5, 12000, 7]),
        (["1 234,5", "12\u00a0000,25", "1\u202f000"], [1234.5, 12000.25, 1000]),
        (["1'234.50", "12’000.25", "7"], [1234.5, 12000.25, 7]),
        (["12,34,567", "1,234.5", "7"], [1234567, 1234.5, 7]),
        (["1.234.567", "2.345.678", "7"], [1234567, 2345678, 7]),
        (["0,123", "0,456", "0,789"], [0.123, 0.456, 0.789]),
        (["12%", "5.5 %", "-3%"], [12, 5.5, -3]),
        (["$1,234", "$5", "-$7.25"], [1234, 5, -7.25]),
        (["1.234 €", "12,50 €", "7 €"], [1234, 12.5, 7]),
        (["−5.5", "−6", "7"], [-5.5, -6, 7]),
        (["1,5e3", "2,5e-1", "3,0"], [1500, 0.25, 3]),
    ],
)
def test_a_style_is_found_from_the_cells_and_told(
    tmp_path: Path, cells: list[str], expected: list[float]
) -> None:
    table = read(tmp_path, "a|b\n" + "".join(f"{cell}|x\n" for cell in cells))
    assert numbers(table) == expected
    assert f"numbers such as {cells[0]!r} are read as" in table.notes[0]


@pytest.mark.parametrize(
    ("content", "expected", "sure"),
    [
        ('a,b\n"1,234",x\n"2,345",y\n', [1234, 2345], False),
        ("a\tb\n1,234\tx\n2,345\ty\n", [1234, 2345], False),
        ("a;b\n1,234;x\n2,345;y\n", [1.234, 2.345], False),
        ("a\tb\n1,234\t0,5\n2,345\t1,25\n", [1.234, 2.345], True),
        ("a;b\n1,234;0.5\n2,345;1.25\n", [1234, 2345], True),
        ("a;b\n1,234;x\n2,345;y\n5;x\n60;x\n700;x\n", [1234, 2345, 5, 60, 700], True),
        ("a;b\n1.234;x\n999;y\n", [1234, 999], True),
        ("a;b\n1.234;0,5\n2.345;1,25\n", [1234, 2345], True),
        ("a;b\n1.234;x\n2.345;y\n", [1.234, 2.345], False),
        ("a,b\n1.234,x\n2.345,y\n", [1.234, 2.345], True),
    ],
)
def test_where_two_readings_fit_the_file_decides(
    tmp_path: Path, content: str, expected: list[float], sure: bool
) -> None:
    table = read(tmp_path, content)
    assert numbers(table) == expected
    assert bool(warnings_of(table.notes)) is not sure


@pytest.mark.parametrize(
    "cells",
    [
        ["192.168.100.101", "192.168.100.102"],
        ["12.05.2024", "13.05.2024"],
        ["0171 123 456", "0172 333 444"],
        ["1.2.3", "1.2.4"],
        ["7th", "8th"],
        ["007", "008"],
    ],
)
def test_other_texts_with_digits_stay_as_they_are(tmp_path: Path, cells: list[str]) -> None:
    table = read(tmp_path, "a;b\n" + "".join(f"{cell};0,5\n" for cell in cells))
    assert as_text(table.frame["a"]).tolist() == cells


@pytest.mark.parametrize("cells", [["12%", "0.5"], ["1,5", "2.5"]])
def test_a_column_in_two_styles_stays_text_with_a_warning(tmp_path: Path, cells: list[str]) -> None:
    table = read(tmp_path, "a;b\n" + "".join(f"{cell};x\n" for cell in cells))
    assert as_text(table.frame["a"]).tolist() == cells
    assert "some numbers" in warnings_of(table.notes)[0]


def test_a_few_odd_cells_do_not_hide_the_style(tmp_path: Path) -> None:
    rows = "".join(f"{number},5;x\n" for number in range(50))
    values, odd = as_number(read(tmp_path, f"a;b\n{rows}?;y\nabc;y\n").frame["a"])
    assert (values[:2].tolist(), odd) == ([0.5, 1.5], 1)


def test_long_columns_are_judged_by_all_of_their_cells(tmp_path: Path) -> None:
    rows = [f"{n % 999 + 1}.{n % 1000:03};{n};{n}" for n in range(1, 11_000)]
    table = read(tmp_path, "\n".join(["a;b;c", *rows, "5.000;1,5;7", ""]))
    assert numbers(table)[:2] + numbers(table)[-1:] == [2001, 3002, 5000]
    assert numbers(table, "b")[-1] == 1.5
    assert str(table.frame["c"].dtype) == "int64"


def test_columns_of_frames_are_read_like_those_of_files() -> None:
    table = read_table(open_source(pd.DataFrame({"a": ["1,5", None, "22,75"], "b": [0.5, 1, 2]})))
    values, odd = as_number(table.frame["a"])
    assert (values[[0, 2]].tolist(), odd) == ([1.5, 22.75], 0)
    assert "'1,5' are read as 1.5" in table.notes[0]


def test_plain_numbers_are_no_news(tmp_path: Path) -> None:
    table = read(tmp_path, "a;b\n1.5;-1e5\n2.25;nan\n;inf\n3.125;7\n")
    assert as_number(table.frame["a"])[0].tolist()[::3] == [1.5, 3.125]
    assert table.notes == ()
