"""Blocks of a delimited file: whole rows, all of them, wherever blocks are cut."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from automl.data.large import text_file
from automl.data.large.text_file import NotInPartsError, blocks, open_text


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK", 64)


def opened(tmp_path, content: str):
    path = tmp_path / "t.csv"
    path.write_bytes(content.encode())
    return open_text(path, header=True)


def test_blocks_hold_every_row_once_and_whole(tmp_path):
    rows = [f"{number},word {number}\n" for number in range(100)]
    file = opened(tmp_path, "a,b\n" + "".join(rows))

    found = list(blocks(file))

    assert len(found) > 10
    assert [block.row(place).decode() for block in found for place in range(len(block.starts))] == rows
    assert [block.first for block in found] == [0, *np.cumsum([len(item.starts) for item in found])[:-1]]


def test_a_row_is_not_cut_at_a_line_end_in_quotes(tmp_path):
    rows = [f'{number},"first\nsecond ""{number}"""\n' for number in range(40)]
    file = opened(tmp_path, "a,b\n" + "".join(rows))

    found = list(blocks(file))

    assert [block.row(place).decode() for block in found for place in range(len(block.starts))] == rows
    assert found[-1].lines == 2 * found[-1].first


def test_a_row_longer_than_a_block_is_whole(tmp_path):
    long = "x" * 500
    file = opened(tmp_path, f"a,b\n1,{long}\n2,y")

    rows = [block.row(place) for block in blocks(file) for place in range(len(block.starts))]

    assert rows == [f"1,{long}\n".encode(), b"2,y\n"]


def test_rows_are_left_out_by_their_place_in_the_file(tmp_path):
    file = opened(tmp_path, "a,b\n" + "".join(f"{number},x\n" for number in range(60)))
    gone = np.array([0, 1, 17, 30, 31, 59])

    kept = b"".join(block.without(gone) for block in blocks(file))

    assert [int(row.split(b",")[0]) for row in kept.splitlines()] == sorted({*range(60)} - {*gone.tolist()})


def test_what_stands_above_the_rows_is_kept(tmp_path):
    file = opened(tmp_path, "\ufeff# by hand\na,b\n1,2\n3,4\n")

    assert file.top == b"# by hand\na,b\n"
    assert next(iter(blocks(file))).content == b"1,2\n3,4\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "compressed"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        ("a,b\n1,ä\n".encode("latin-1"), "not UTF-8"),
        (b"a b c\n1 2 3\n4 5 6\n", "blanks"),
    ],
)
def test_some_files_are_only_read_at_once(tmp_path, content, reason):
    (tmp_path / "t.csv").write_bytes(content)

    with pytest.raises(NotInPartsError, match=reason):
        open_text(tmp_path / "t.csv", header=True)


def test_tabs_and_quotes_are_only_read_at_once(tmp_path):
    file = opened(tmp_path, "a\tb\n" + "1\tx\n" * 40 + '1\t"y"\n')

    with pytest.raises(NotInPartsError, match="tabs"):
        list(blocks(file))


def test_a_quote_that_is_never_closed_is_left_to_the_reader_of_whole_files(tmp_path):
    file = opened(tmp_path, "a,b\n" + "1,x\n" * 70_000 + '1,"y\n' + "1,x\n" * 40)

    with pytest.raises(NotInPartsError, match="never closed"):
        list(blocks(file))
