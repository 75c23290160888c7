"""Tables as lines of JSON: fields as columns, gaps, what is no cell, refusals."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from automl.core.errors import DataError
from automl.data.source import open_source
from automl.data.tables import Table, read_table


def written(path: Path, *records: Any) -> Path:
    path.write_text("\n".join(json.dumps(record) for record in records) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> Table:
    return read_table(open_source(path))


def test_fields_are_columns_and_those_that_an_object_lacks_are_missing(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"id": 1, "text": "a “b”\tc"}, {}, {"text": "d", " more ": True})

    frame = read(path).frame

    assert list(frame.columns) == ["id", "text", "more"]
    assert frame["text"].tolist()[::2] == ["a “b”\tc", "d"]
    assert frame["id"].isna().tolist() == [False, True, True]


def test_lists_and_objects_are_no_cells_and_are_told(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ndjson", {"a": 1, "labels": []}, {"a": 2, "labels": ["x"], "of": {}})

    table = read(path)

    assert list(table.frame.columns) == ["a"]
    assert "'labels', 'of'" in table.notes[0]


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"a": "x"}\n\n{"a": "y"}'))

    assert read(path).frame["a"].tolist() == ["x", "y"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("{}\n", "no rows"),
        ('{"a": 1}\n{"a": 2', "line 2: expected a JSON object on each line"),
        ("[1, 2]\n", "line 1: expected a JSON object, got list"),
        ('{"a": 1, "a ": 2}\n', "line 1: two fields differ in blanks"),
    ],
)
def test_refusals(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(content)

    with pytest.raises(DataError, match=message):
        read(path)
