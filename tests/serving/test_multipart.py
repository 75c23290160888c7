"""Files come out of a multipart body byte for byte, whatever they hold."""

from __future__ import annotations

import pytest

from automl.core.errors import DataError
from automl.serving.multipart import files_of

TYPE = "multipart/form-data; boundary=limit"


def body(*parts: tuple[str, bytes]) -> bytes:
    sections = [
        b"--limit\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + content + b"\r\n"
        for head, content in parts
    ]
    return b"".join(sections) + b"--limit--\r\n"


def test_files_are_kept_byte_for_byte():
    odd = bytes(range(256)) + b"\r\n\n\r--lim\r\n\r\n"

    found = files_of(
        body(('name="file"; filename="a b.png"', odd), ('name="file"; filename="é.wav"', b"")), TYPE
    )

    assert found == {"a b.png": odd, "é.wav": b""}


def test_fields_that_are_no_files_are_left_out():
    assert files_of(body(('name="note"', b"x"), ('name="f"; filename="a.csv"', b"y")), TYPE) == {
        "a.csv": b"y"
    }


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (body(('name="f"; filename="a"', b"x"))[:-6], TYPE, "not whole"),
        (b"", TYPE, "not whole"),
        (body(('name="f"', b"x")), TYPE, "no file"),
        (body(('name="f"; filename="a"', b"x"), ('name="g"; filename="a"', b"y")), TYPE, "Two files"),
        (b"x", "multipart/form-data", "boundary"),
    ],
)
def test_what_is_no_whole_form_is_refused(content, kind, message):
    with pytest.raises(DataError, match=message):
        files_of(content, kind)
