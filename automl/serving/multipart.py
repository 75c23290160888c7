"""The files of a ``multipart/form-data`` body, as browsers and curl send them (RFC 7578)."""

from __future__ import annotations

from email.message import Message

from automl.core.errors import DataError

_LONGEST_BOUNDARY = 70
"""By RFC 2046."""


def files_of(content: bytes, content_type: str) -> dict[str, bytes]:
    """Return the files of a body by name; fields that are no files are left out.

    Args:
        content: the body.
        content_type: of it, with the boundary.

    Raises:
        DataError: it is no such body, holds no file, or two of one name.
    """
    boundary = _boundary(content_type)
    sections = (b"\r\n" + content).split(b"\r\n--" + boundary)
    if len(sections) < 3 or not sections[-1].startswith(b"--"):
        raise DataError("The multipart body does not end with its boundary: it is not whole.")
    found: dict[str, bytes] = {}
    for section in sections[1:-1]:
        head, _, body = section.partition(b"\r\n\r\n")
        name = _file_name(head)
        if not name:
            continue
        if name in found:
            raise DataError(f"Two files are called {name!r}: give each a name of its own.")
        found[name] = body
    if not found:
        raise DataError("The multipart body holds no file: send some, e.g. with curl -F file=@NAME.")
    return found


def _boundary(content_type: str) -> bytes:
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_param("boundary")
    if not isinstance(boundary, str) or not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise DataError("The content type of a multipart body must name its boundary.")
    return boundary.encode("latin-1", "replace")


def _file_name(head: bytes) -> str:
    """The name of the file of a section; empty for a field that is none."""
    message = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        key, _, value = line.partition(":")
        if key.strip().lower() == "content-disposition":
            message["content-disposition"] = value.strip()
    return message.get_filename("") or ""
