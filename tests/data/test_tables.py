"""Tables of any origin: what is read, and what is refused with which words."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from automl.core.errors import DataError
from automl.data.preflight import check_table_header
from automl.data.source import open_source
from automl.data.tables import Table, as_number, as_text, first_rows, read_table, row_keys


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


def cells(read: Table) -> dict[str, list[str]]:
    return {name: as_text(read.frame[name]).tolist() for name in read.frame.columns}


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\na;b\n1;2\n3;4\n",
        '"sep=,"\r\na,b\r\n1,2\r\n3,4\r\n',
        "sep=\t\na\tb\n1\t2\n3\t4\n",
        "\n\na,b\n1,2\n3,4\n",
        "# made by x, y\n# z\na,b\n1,2\n# half way\n3,4\n",
        "Sales 2024\n\na,b\n1,2\n3,4\n",
        "Sales, north, 2024, x\na,b\n1,2\n3,4\n",
        "a,b\r1,2\r3,4\r",
        "a,b\n1,2\n3,4",
        "a,b,\n1,2,\n3,4,\n",
        "a;b\n1;2\n  \n;;;;\n3;4\n",
        "# remark\na b\n1  2\n 3 4 \n",
    ],
)
def test_dialects_of_one_table(tmp_path: Path, content: str) -> None:
    expected = {"a": ["1", "3"], "b": ["2", "4"]}
    assert cells(table(tmp_path, content)) == expected
    check_table_header(open_source(tmp_path / "data.csv"), target=("a",), columns=("b",))


def test_titles_filled_with_blank_cells_are_skipped_and_told(tmp_path: Path) -> None:
    read = table(tmp_path, "Report;;\n;;\na;b;c\n1;2;x\n4;5;y\n")
    assert cells(read) == {"a": ["1", "4"], "b": ["2", "5"], "c": ["x", "y"]}
    assert "first 2 lines are above the table ('Report')" in read.notes[0]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("name,2019,2020\nx,1,2\ny,3,4\n", ["name", "2019", "2020"]),
        ("# a,b,c\n1,2,3\n4,5,6\n", ["# a", "b", "c"]),
        ("tag,n\n#foo,1\n#bar,2\n", ["tag", "n"]),
        ("a,,\n1,2,3\nx,y,z\n", ["a"]),
    ],
)
def test_a_header_is_not_taken_for_a_title(tmp_path: Path, content: str, names: list[str]) -> None:
    (tmp_path / "data.csv").write_text(content)
    check_table_header(open_source(tmp_path / "data.csv"), target=names)


@pytest.mark.parametrize("content", ['"a" "b"\n"r 1" 1 2\n"r2" 3 4\n', '"a","b"\n"r 1",1,2\n"r2",3,4\n'])
def test_row_names_of_r_are_a_nameless_column(tmp_path: Path, content: str) -> None:
    read = table(tmp_path, content)
    assert cells(read) == {"unnamed_0": ["r 1", "r2"], "a": ["1", "3"], "b": ["2", "4"]}
    assert "first cell is the row's name" in read.notes[0]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_tables_are_opened(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    assert cells(table(tmp_path, pack(b"a,b\n1,2\n"))) == {"a": ["1"], "b": ["2"]}


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig"])
def test_marked_unicode_is_read_without_a_word(tmp_path: Path, codec: str) -> None:
    read = table(tmp_path, "a,größe\n1,ü\n".encode(codec))
    assert (cells(read), read.notes) == ({"a": ["1"], "größe": ["ü"]}, ())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"a": 1}\n{"a": 2}\n', "JSON"),
        (b'[\n {"a": 1}\n]', "JSON"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"PAR1\x15\x04", r"name that ends in \.parquet"),
        (b"a,b\n1,\0\n", "zero bytes"),
        ("a,b\n1,2\n".encode("utf-16-le"), "UTF-16"),
        (b'a,b\n1,"abc\n2,x\n3,y\n', "line 2: a cell opens with a double quote .* never closed"),
        (b'a,b\n1,"abc\n2,x\n3,y', "never closed"),
        (b"a,b\n1,2\n3,4\nTotal: 2\n", "line 4: expected 2 cells"),
    ],
)
def test_other_formats_and_broken_rows_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        table(tmp_path, content)


@pytest.mark.parametrize(
    ("members", "words"), [(["a.csv", "b.csv"], "2 files"), (["[Content_Types].xml"], "xlsx")]
)
def test_archives_of_one_table_are_read_and_others_refused(
    tmp_path: Path, members: list[str], words: str
) -> None:
    for path, names in {"one.zip": ["t.csv"], "other.csv": members}.items():
        with zipfile.ZipFile(tmp_path / path, "w") as archive:
            for name in names:
                archive.writestr(name, "a,b\n1,2\n")
    assert cells(read_table(open_source(tmp_path / "one.zip"))) == {"a": ["1"], "b": ["2"]}
    with pytest.raises(DataError, match=words):
        read_table(open_source(tmp_path / "other.csv"))


def long(*columns: str) -> str:
    """A table of 12,000 rows, long enough that columns of different numbers are kept as numbers."""
    lines = [",".join(column.format(i=i, j=i % 3) for column in columns) for i in range(12_000)]
    return "\n".join([",".join("abcdef"[: len(columns)]), *lines, ""])


def test_long_columns_of_numbers_are_numbers_and_words_a_dictionary(tmp_path: Path) -> None:
    frame = table(tmp_path, long("{i}", "{i}.25", "w{j}", " {i} ")).frame
    assert [str(kind).partition("<")[0] for kind in frame.dtypes] == [
        "int64",
        "float64",
        "dictionary",
        "int64",
    ]
    assert [as_text(frame[name])[7] for name in frame] == ["7", "7.25", "w1", "7"]
    words = as_text(frame["c"])
    assert words[0] is words[3]


@pytest.mark.parametrize(
    ("last", "kept"), [("007", "007"), ("18446744073709551617", "18446744073709551617"), ("0x1F", "0x1F")]
)
def test_cells_that_say_more_than_a_number_keep_their_text(tmp_path: Path, last: str, kept: str) -> None:
    frame = table(tmp_path, long("{i}", "x") + f"{last},x\n").frame
    assert as_text(frame["a"])[[0, -1]].tolist() == ["0", kept]


def test_large_integers_survive_missing_cells(tmp_path: Path) -> None:
    frame = table(tmp_path, long("{i}", "x") + "9007199254740993,x\nNA,x\n").frame
    assert as_text(frame["a"])[[5, -2, -1]].tolist() == ["5", "9007199254740993", ""]
    assert as_number(frame["a"])[1] == 0


def test_missing_markers_and_odd_cells_in_long_columns(tmp_path: Path) -> None:
    frame = table(tmp_path, long("{i}.5", "{i}") + "?,abc\nNaN,1e3\n").frame
    numbers, odd = as_number(frame["a"])
    assert (np.isnan(numbers).sum(), odd) == (2, 0)
    numbers, odd = as_number(frame["b"])
    assert (numbers[-1], odd, as_text(frame["b"])[-2]) == (1000.0, 1, "abc")


def test_a_table_is_read_once_per_source(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    source = open_source(tmp_path / "a.csv")
    assert read_table(source) is read_table(replace(source, cache=None))
    assert deepcopy(source).kept is not source.kept


@pytest.mark.parametrize(
    "series",
    [
        pd.Series(["1", None, "x"], dtype="string"),
        pd.Series(["1", None, "x"], dtype="category"),
        pd.Series(["1", None, "x"], dtype=pd.ArrowDtype(pa.string())),
        pd.Series(["1", None, "x"], dtype=object),
        pd.Series([1, None, "x"], dtype=object),
        pd.Series(["1", None, "x"], dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))),
    ],
)
def test_texts_of_all_storages(series: pd.Series) -> None:
    numbers, odd = as_number(series)
    assert as_text(series).tolist() == ["1", "", "x"]
    np.testing.assert_array_equal(numbers, [1, np.nan, np.nan])
    assert odd == 1


@pytest.mark.parametrize("kind", ["Int64", "Float64", "float32", pd.ArrowDtype(pa.int64()), "category"])
def test_numbers_of_all_storages(kind: object) -> None:
    series = pd.Series([3, None, 3, 5], dtype=kind)
    assert as_text(series).tolist() == ["3", "", "3", "5"]
    np.testing.assert_array_equal(as_number(series)[0], [3, np.nan, 3, 5])


def test_texts_of_a_category_of_mixed_objects_stay_apart() -> None:
    assert as_text(pd.Series([1, "1", True, 1.0], dtype=object)).tolist() == ["1", "1", "True", "1.0"]


def test_of_a_table_that_was_let_go_the_first_rows_stay(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(long("{i}", "w{j}"))
    source = open_source(tmp_path / "a.csv")
    table = read_table(source)
    source.kept.shrink()
    (tmp_path / "a.csv").unlink()
    assert first_rows(source, 2).to_numpy().tolist() == [[0, "w0"], [1, "w1"]]
    assert len(table.frame) == 12_000


@pytest.mark.parametrize("header", ["a\tb", '"a"\t"b"'])
def test_line_breaks_in_quoted_cells_of_tab_separated_text(tmp_path: Path, header: str) -> None:
    read = table(tmp_path, f'{header}\n"one\ntwo"\t"1"\n"three"\t"2"\n')
    assert cells(read) == {"a": ["one\ntwo", "three"], "b": ["1", "2"]}
    check_table_header(open_source(tmp_path / "data.csv"), target=("a", "b"))


@pytest.mark.parametrize("marker", ["\\N", ".", "#DIV/0!", "#VALUE!", "-", "#N/A"])
def test_what_programs_write_for_missing_is_missing(tmp_path: Path, marker: str) -> None:
    numbers, odd = as_number(table(tmp_path, f"a,b\n1,x\n{marker},y\n").frame["a"])
    np.testing.assert_array_equal(numbers, [1, np.nan])
    assert odd == 0


def test_blanks_between_separators_and_quotes_are_no_part_of_cells(tmp_path: Path) -> None:
    read = table(tmp_path, 'a, b, c\n1, "x, y", 2\n3, "z", 4\n5, w, 6\n')
    assert cells(read) == {"a": ["1", "3", "5"], "b": ["x, y", "z", "w"], "c": ["2", "4", "6"]}


def test_one_column_of_decimal_commas_is_one_column(tmp_path: Path) -> None:
    numbers, odd = as_number(table(tmp_path, "weight\n1,5\n-22,25\n3\n").frame["weight"])
    assert (numbers.tolist(), odd) == ([1.5, -22.25, 3], 0)


def test_one_column_of_sentences_with_commas_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 2: expected 1 cells"):
        table(tmp_path, "text\nGood, very good\nBad, very bad\n")


def test_ids_of_a_frame_keep_their_type_and_their_name():
    table = read_table(open_source(pd.DataFrame({"row": [7, 8], "a": [0.5, 1.5]})))

    keys = row_keys(table, ["row"])

    assert {name: values.tolist() for name, values in keys.items()} == {"row_": [0, 1], "row": [7, 8]}


def test_the_head_of_a_column_has_its_own_words_alone(tmp_path):
    rows = "".join(f"w{row},{row}.5\n" for row in range(300))
    (tmp_path / "t.csv").write_text(f"word,number\n{rows}")
    head = read_table(open_source(tmp_path / "t.csv")).frame.head(2)

    assert as_text(head["word"]).tolist() == ["w0", "w1"]
    assert as_number(head["number"])[0].tolist() == [0.5, 1.5]


def test_a_column_may_be_called_self(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("self,other\nyes,1\nno,2\n")
    frame = pd.DataFrame({"self": ["yes", "no"], "other": pd.array([1, None], "Int64")})

    assert first_rows(open_source(tmp_path / "data.csv"), 2)["self"].tolist() == ["yes", "no"]
    assert list(read_table(open_source(frame)).frame.columns) == ["self", "other"]
