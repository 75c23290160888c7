"""Files of pairs in the form of LFW."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.jobs.name_pairs import rows_of_pairs

FILES = ["ann/ann_0001.jpg", "ann/ann_0002.jpg", "Bob Ray/7.pgm", "x/portrait.jpg"]
NAMES = ["ann", "ann", "Bob Ray", "x"]


def write(folder, text: str):
    path = folder / "pairs.txt"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    ["10\t300\nann\t1\t2\nann\t2\tBob Ray\t7\n", "ann\t1\t2\n\nann\t2\tBob Ray\t7"],
    ids=["header", "bare"],
)
def test_pairs_are_found_by_name_and_number(tmp_path, text):
    rows, same, missing = rows_of_pairs(write(tmp_path, text), NAMES, FILES)

    assert rows.tolist() == [[0, 1], [1, 2]]
    assert same.tolist() == [True, False]
    assert missing == 0


def test_blanks_part_fields_where_there_are_no_tabs(tmp_path):
    rows, same, _ = rows_of_pairs(
        write(tmp_path, "1\nann 1 2\nann 1 x 3\n"), NAMES, [*FILES[:3], "x/a3.jpg"]
    )

    assert rows.tolist() == [[0, 1], [0, 3]]
    assert same.tolist() == [True, False]


def test_a_few_that_are_not_there_are_counted(tmp_path):
    text = "ann 1 2\n" * 30 + "ann 1 3\n"

    assert rows_of_pairs(write(tmp_path, text), NAMES, FILES)[2] == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ann 1\n", "line 1: expected 'name number number'"),
        ("ann one 2\n", "line 1"),
        ("ann 1 2 3 4\n", "line 1"),
        ("10\n", "names no pairs"),
        ("eve 1 2\n", "1 of 1 pairs name images that are not there, the first is eve 1"),
    ],
)
def test_anything_else_is_refused(tmp_path, text, said):
    with pytest.raises(DataError, match=said):
        rows_of_pairs(write(tmp_path, text), NAMES, FILES)


def test_a_missing_file_and_numbers_that_are_there_twice_are_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        rows_of_pairs(tmp_path / "none.txt", NAMES, FILES)
    with pytest.raises(DataError, match="both are number 1 of 'ann'"):
        rows_of_pairs(write(tmp_path, "ann 1 2"), np.array(["ann", "ann"]), ["a1.jpg", "b1.jpg"])
