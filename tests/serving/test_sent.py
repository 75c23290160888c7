"""What a request may send, and what it is refused."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from automl.core.errors import DataError
from automl.data.image_files import path_of
from automl.serving.sent import UnknownTypeError, opened

JSON = "application/json; charset=utf-8"


def plain(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def frame_of(body: object):
    with opened(json.dumps(body).encode(), JSON) as source:
        return source.content


@pytest.mark.parametrize(
    "body",
    [
        [{"a": 1, "b": "x"}, {"a": None, "b": "y"}],
        {"rows": [{"a": 1, "b": "x"}, {"b": "y"}]},
        {"columns": {"a": [1, None], "b": ["x", "y"]}},
    ],
)
def test_rows_and_columns_are_the_same_table(body):
    frame = frame_of(body)

    assert list(frame.columns) == ["a", "b"]
    assert frame["a"].isna().tolist() == [False, True]
    assert frame["b"].tolist() == ["x", "y"]


def test_a_csv_is_read_as_a_file_would_be():
    with opened(b"a;b\n1;x\n", "text/csv") as source:
        assert (source.kind, source.content) == ("table", b"a;b\n1;x\n")


def test_files_lie_in_a_folder_that_goes():
    body = json.dumps({"files": {"a.png": plain("one"), "b.png": plain("two")}}).encode()

    with opened(body, JSON) as source:
        folder = source.path
        assert {path.name: path.read_text() for path in folder.iterdir()} == {
            "a.png": "one",
            "b.png": "two",
        }

    assert not folder.exists()


def test_one_file_is_itself_and_a_table_names_the_others():
    with opened(json.dumps({"files": {"a.png": plain("x")}}).encode(), JSON) as source:
        assert source.path.name == "a.png"
    files = {"a.png": plain("x"), "list.csv": plain("file\na.png\n"), "b.png": plain("y")}
    with opened(json.dumps({"files": files}).encode(), JSON) as source:
        assert (source.kind, source.path.name) == ("table", "list.csv")


@pytest.mark.parametrize(
    "cell", ["/etc/hostname", "../secret.png", "file:///etc/hostname", "..\\secret.png"]
)
def test_cells_name_no_files_of_the_server(cell):
    body = json.dumps({"rows": [{"file": cell}], "files": {"a.png": plain("x")}}).encode()

    with opened(body, JSON) as source:
        assert path_of(source.path.parent, "a.png").read_text() == "x"
        with pytest.raises(DataError, match="name of a file that was sent"):
            path_of(source.path.parent, cell)
    assert path_of(source.path.parent, cell)


@pytest.mark.parametrize(
    "name", ["../a.png", "/a.png", "a/b.png", "a\\b.png", ".a.png", "", "a\0b", "x" * 300]
)
def test_names_of_files_are_plain(name):
    with (
        pytest.raises(DataError, match="files: "),
        opened(json.dumps({"files": {name: plain("x")}}).encode(), JSON),
    ):
        pass


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "rows: expected a list of objects"),
        ({}, "Expected"),
        (7, "got 7"),
        ({"row": []}, "an object with 'row'"),
        ({"rows": [1]}, "rows: expected a list of objects"),
        ({"rows": [{"a": 1}, {"a": [1]}]}, "Column 'a', row 1: .* got a list"),
        ({"columns": {"a": [1], "b": [1, 2]}}, "one length"),
        ({"columns": {}}, "one length"),
        ({"columns": {"a": [{}]}}, "got an object"),
        ({"rows": [{"a": "\ud800"}]}, "no text"),
        ({"rows": [{"a": 1}], "columns": {"a": [1]}}, "not both"),
        ({"files": {"a": "§"}}, "no base64"),
        ({"files": {}}, "expected an object"),
    ],
)
def test_other_bodies_are_refused_with_what_was_expected(body, message):
    with pytest.raises(DataError, match=message), opened(json.dumps(body).encode(), JSON):
        pass


def test_what_is_packed_or_of_another_type_is_refused():
    packed = gzip.compress(b"a\n1\n")
    with pytest.raises(DataError, match="the body is packed"), opened(packed, "text/csv"):
        pass
    files = {"a.csv": base64.b64encode(packed).decode()}
    with (
        pytest.raises(DataError, match=r"'a.csv' is packed"),
        opened(json.dumps({"files": files}).encode(), JSON),
    ):
        pass
    with pytest.raises(UnknownTypeError, match="got 'text/html'"), opened(b"", "text/html"):
        pass
    with pytest.raises(DataError, match="no JSON"), opened(b"{", JSON):
        pass


def test_messages_do_not_tell_where_files_lie():
    with pytest.raises(DataError) as told, opened(b"a\n1\n", "text/csv") as source:
        raise DataError(f"{source.path}, line 3 is odd.")

    assert str(told.value) == "body.csv, line 3 is odd."
