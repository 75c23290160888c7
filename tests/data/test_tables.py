"""Tables of any origin: what is read, and what is refused with which words."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.source import open_source
from automl.data.tables import Table, as_number, as_text, read_table


def table(folder: Path, content: str | bytes, *, name: str = "data.csv", header: bool = True) -> Table:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(open_source(path), header=header)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "^"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    lines = [["a", "b", "c"], ["1", "x y", "2.5"], ["3", "z", ""]]
    read = table(tmp_path, "\n".join(separator.join(cells) for cells in lines))
    assert list(read.frame.columns) == lines[0]
    assert read.frame.to_numpy().tolist() == lines[1:]


def test_runs_of_blanks_separate_when_nothing_else_does(tmp_path: Path) -> None:
    read = table(tmp_path, " 1.0   2 a\n 30.5  4 b\n", name="housing.data", header=False)
    assert read.frame.to_numpy().tolist() == [["1.0", "2", "a"], ["30.5", "4", "b"]]


def test_semicolons_win_over_decimal_commas(tmp_path: Path) -> None:
    read = table(tmp_path, "a;b\n1,5;2,5\n3,5;4,5\n")
    assert read.frame.columns.tolist() == ["a", "b"]


def test_free_text_with_lone_quotes_in_tab_separated_text(tmp_path: Path) -> None:
    content = '"what a film\t1\nhe said "no" , twice\t0\nit\'s "\t1\n'
    read = table(tmp_path, content, name="train.tsv", header=False)
    assert read.frame["c0"].tolist() == ['"what a film', 'he said "no" , twice', "it's \""]
    assert read.frame["c1"].tolist() == ["1", "0", "1"]


def test_quoted_cells_in_tab_separated_text(tmp_path: Path) -> None:
    read = table(tmp_path, 'text\tlabel\n"one ""two"""\ta\n"three"\tb\n', name="train.tsv")
    assert read.frame["text"].tolist() == ['one "two"', "three"]


def test_quoted_cells_hold_separators_and_line_breaks(tmp_path: Path) -> None:
    read = table(tmp_path, 'text,label\n"a, b",1\n"two\nlines",0\n')
    assert read.frame["text"].tolist() == ["a, b", "two\nlines"]


def test_cells_and_names_are_trimmed_and_blank_lines_skipped(tmp_path: Path) -> None:
    read = table(tmp_path, " a , b\n\n 1 ,  x \n\n2,\n\n")
    assert read.frame.to_dict("list") == {"a": ["1", "2"], "b": ["x", ""]}


def test_gzip_is_opened_whatever_the_name(tmp_path: Path) -> None:
    read = table(tmp_path, gzip.compress(b"a,b\n1,2\n"), name="data.csv.gz")
    assert read.frame.to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert table(tmp_path, "\ufeffa,b\n1,2\n").frame.columns.tolist() == ["a", "b"]


def test_another_encoding_is_guessed_and_said(tmp_path: Path) -> None:
    content = ("name,town\n" + "Größe und Höhe,Köln\nÄrger über Übungen,München\n" * 40).encode("cp1252")
    read = table(tmp_path, content)
    assert read.frame["town"][0] == "Köln"
    assert "not UTF-8" in read.notes[0]


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a text file"):
        table(tmp_path, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0")


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match=r"data\.csv is empty"):
        table(tmp_path, content)


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"data\.csv holds only a header row"):
        table(tmp_path, "a,b,c\n")


def test_doubled_column_names_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="more than one column named 'b'"):
        table(tmp_path, "a,b,b\n1,2,3\n")


def test_a_ragged_row_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"line 4: expected 2 cells as in the first row, got 3"):
        table(tmp_path, "a,b\n1,2\n3,4\n5,6,7\n8,9\n")


def test_blank_cells_at_the_end_of_rows_are_cut(tmp_path: Path) -> None:
    assert table(tmp_path, "a,b\n1,2,\n3,4,\n").frame.shape == (2, 2)


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1, 2], "b": [0.5, None]}).to_parquet(tmp_path / "t.parquet")
    frame = read_table(open_source(tmp_path / "t.parquet")).frame
    assert [str(kind) for kind in frame.dtypes] == ["int64", "float64"]


def test_a_broken_parquet_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"no parquet")
    with pytest.raises(DataError, match="as Parquet"):
        read_table(open_source(tmp_path / "t.parquet"))


def test_polars_frames_are_read() -> None:
    polars = pytest.importorskip("polars")
    frame = read_table(open_source(polars.DataFrame({"a": [1, 2], "b": ["x", None]}))).frame
    assert as_text(frame["b"]).tolist() == ["x", ""]


def test_frames_are_checked_like_files() -> None:
    with pytest.raises(DataError, match="more than one column named 'a'"):
        read_table(open_source(pd.DataFrame([[1, 2]], columns=["a", " a"])))
    with pytest.raises(DataError, match="holds no rows"):
        read_table(open_source(pd.DataFrame({"a": []})))


@pytest.mark.parametrize(("name", "kind"), [("wine", "class_0"), ("iris", "setosa"), ("diabetes", 151.0)])
def test_bundled_sets_have_a_target(name: str, kind: object) -> None:
    assert read_table(open_source(f"sklearn:{name}")).frame["target"][0] == kind


def test_as_text_of_typed_columns() -> None:
    assert as_text(pd.Series([1.0, None, 2.5])).tolist() == ["1", "", "2.5"]
    assert as_text(pd.Series([True, False])).tolist() == ["True", "False"]
    assert as_text(pd.Series([" a ", None], dtype=object)).tolist() == ["a", ""]


@pytest.mark.parametrize("marker", ["", "?", "NA", "n/a", "NaN", "NULL", "None", "-"])
def test_as_number_knows_the_usual_markers_of_missing(marker: str) -> None:
    numbers, bad = as_number(pd.Series(["1", marker, "2.5e3", "abc"], dtype=object))
    np.testing.assert_array_equal(numbers, [1.0, np.nan, 2500.0, np.nan])
    assert bad == 1
