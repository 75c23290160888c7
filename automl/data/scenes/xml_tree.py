"""XML of annotations as plain dictionaries, read without any of XML's own machinery.

A document type is refused: its entities can be made to grow without end, or to read other files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.parsers import expat

MOST_BYTES = 16 << 20
"""Largest file that is read: annotations of a picture have some thousands of bytes."""


class BadXmlError(ValueError):
    """A file is no such XML."""


def read_tree(path: Path) -> tuple[str, dict[str, list[Any]]]:
    """Return the name of the outermost element, and its parts.

    Parts are lists by name; an element without parts is its text.

    Raises:
        BadXmlError: it is no XML, too large, or has a document type.
        OSError: it cannot be read.
    """
    if path.stat().st_size > MOST_BYTES:
        raise BadXmlError("too large for the annotation of one image")
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_type
    parser.StartElementHandler = builder.begin
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(path.read_bytes(), True)
    except expat.ExpatError as error:
        raise BadXmlError(f"no XML: {error}") from error
    return builder.name, builder.parts if isinstance(builder.parts, dict) else {}


def first(parts: Any, name: str) -> Any:
    """Return the first part of a name, an empty text where there is none."""
    found = parts.get(name) if isinstance(parts, dict) else None
    return found[0] if found else ""


def _refuse_type(*declared: object) -> None:
    raise BadXmlError("a document type (DOCTYPE), which annotations do without")


class _Builder:
    def __init__(self) -> None:
        self.name, self.parts = "", {}  # type: str, Any
        self._open: list[tuple[str, dict[str, list[Any]], list[str]]] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > 50:
            raise BadXmlError("too deep for an annotation")
        self._open.append((name, {}, []))

    def text(self, words: str) -> None:
        if self._open:
            self._open[-1][2].append(words)

    def end(self, name: str) -> None:
        _, parts, words = self._open.pop()
        whole: Any = parts or "".join(words).strip()
        if self._open:
            self._open[-1][1].setdefault(name, []).append(whole)
        else:
            self.name, self.parts = name, whole
