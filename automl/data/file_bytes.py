"""Bytes of a file that should hold text: decompressed, and refused with a reason if it is something else.

Standard library only, for the quick check before anything heavy is loaded.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import json
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from automl.core.errors import DataError

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_SCAN = 1 << 18
_UNPACK: dict[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}
_ZIP = b"PK\x03\x04"
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": "an Excel workbook (xls): save it as CSV",
    b"PAR1": "a Parquet file: give it a name that ends in .parquet",
    b"ARROW1": "an Arrow (Feather) file: save it as Parquet or CSV",
    b"%PDF": "a PDF document: save the table as CSV",
    b"\x28\xb5\x2f\xfd": "packed with Zstandard: unpack it, or pack it with gzip",
    b"7z\xbc\xaf": "packed with 7-Zip: unpack it, or pack it with gzip",
    b"SQLite format 3": "an SQLite database: export the table as CSV",
    b"\x89HDF": "an HDF5 file: save the table as Parquet or CSV",
}
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table")


def read_bytes(path: Path, limit: int = -1, *, content: bytes | None = None) -> bytes:
    """Return the content of a text file, unpacked (gzip, bzip2, xz, a zip of one file).

    Args:
        path: the file.
        limit: most bytes to return; all by default.
        content: what was read from ``path`` before, where it can be read only once.

    Raises:
        DataError: it cannot be read, is empty, or is no text.
    """
    unpacked = unpacked_bytes(path, limit, content=content)
    _refuse_foreign(unpacked, path)
    return unpacked


def is_packed(content: bytes) -> bool:
    """Whether content is packed in a way that ``read_bytes`` unpacks."""
    return content.startswith((*_UNPACK, _ZIP))


def unpacked_bytes(path: Path, limit: int = -1, *, content: bytes | None = None) -> bytes:
    """Return the content of a file as ``read_bytes`` does, whatever it is.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with path.open("rb") if content is None else io.BytesIO(content) as stream:
            return bytes(_unpacked(stream, path).read(limit))
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
        raise DataError(f"Cannot read {path}: {error}.") from error


def _unpacked(stream: IO[bytes], path: Path) -> Any:
    start = stream.read(16)
    stream.seek(0)
    for mark, unpack in _UNPACK.items():
        if start.startswith(mark):
            return unpack(stream)
    return _member(stream, path) if start.startswith(_ZIP) else stream


def _member(stream: IO[bytes], path: Path) -> IO[bytes]:
    """The one file of a zip archive."""
    archive = zipfile.ZipFile(stream)
    names = [name for name in archive.namelist() if not name.endswith("/") and "__MACOSX/" not in name]
    if "[Content_Types].xml" in names:
        raise DataError(f"{path} is an Excel workbook (xlsx), not delimited text: save the sheet as CSV.")
    if len(names) != 1:
        shown = ", ".join(repr(name) for name in names[:5])
        raise DataError(
            f"{path} is a zip archive of {len(names)} files ({shown}): expected one table. Unpack it."
        )
    return archive.open(names[0])


def _refuse_foreign(content: bytes, path: Path) -> None:
    if not content.strip(b" \t\r\n\xef\xbb\xbf"):
        raise DataError(
            f"{path} is empty: expected a table with a header row and at least one row of data."
        )
    for mark, what in _FOREIGN.items():
        if content.startswith(mark):
            raise DataError(f"{path} is not delimited text but {what}.")
    start = content[:_SCAN].removeprefix(codecs.BOM_UTF8).lstrip()
    if start[:9].lower().startswith(_MARKUP):
        raise DataError(f"{path} is not delimited text but HTML or XML: save the table as CSV.")
    if start[:1] in b"{[" and _is_json(start):
        raise DataError(
            f"{path} is not delimited text but JSON: save the table as CSV, Parquet, or a"
            " file that ends in .jsonl, one object per line."
        )
    if b"\0" in content and not content.startswith(UTF16):
        raise DataError(
            f"{path} is not a text file (it holds zero bytes): expected a delimited table."
            " If it is UTF-16 text, save it as UTF-8."
        )


def _is_json(start: bytes) -> bool:
    """Whether a text that begins with a bracket goes on as JSON does."""
    first = start.partition(b"\n")[0].strip()
    try:
        return isinstance(json.loads(first), dict | list)
    except ValueError:
        return (start[1:].lstrip()[:1] in b'{["' and first[-1:] in b"{[,:") or first in (b"{", b"[")
