"""From raw rows to what an exported core takes: words become numbers, everything else passes.

Runtimes without texts get codes in their place. The description beside an exported file says how they are
made, and this module does it. It needs NumPy only and imports nothing else, so a copy of it can go wherever
the file goes.

    inputs = core_inputs(read_description("model.onnx.json"), {"age": [39.0], "job": ["clerk"]})

Symbols: n rows, c columns, L places.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

_PUNCTUATION = re.compile(rb"[!-/:-@\[-`{-~]")


def read_description(path: str | Path) -> dict[str, Any]:
    """Read the JSON file beside an exported model."""
    description: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return description


def core_inputs(description: Mapping[str, Any], rows: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the inputs of an exported core.

    Args:
        description: with ``inputs``.
        rows: raw values by name, each with n entries: numbers (NaN for a missing one), texts (empty for a
            missing one), dates as seconds since 1970, arrays.

    Returns:
        arrays by the names of the core's inputs, first axis n.
    """
    return {
        item["name"]: _input(item, [rows[name] for name in item["made_of"]])
        for item in description["inputs"]
    }


def _input(item: Mapping[str, Any], raw: Sequence[Any]) -> np.ndarray:
    front = item.get("front")
    if front is None:
        return np.asarray(raw[0], item["dtype"])
    texts = [[_text(cell) for cell in np.asarray(column, object).tolist()] for column in raw]
    made = _codes(front, texts) if front["kind"] == "codes" else _words(front, texts[0])
    return made.astype(item["dtype"])


def _text(cell: Any) -> str:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)


def _codes(front: Mapping[str, Any], columns: Sequence[Sequence[str]]) -> np.ndarray:
    """Places of words in the vocabulary of their column, from 1; 0 for others ``(n, c)``."""
    coded = []
    for known, words in zip(front["vocabularies"], columns, strict=True):
        number = {word: place for place, word in enumerate(known, start=1)}
        coded.append([number.get(word, 0) for word in words])
    return np.array(coded, np.int64).T.reshape(-1, len(coded))


def _words(front: Mapping[str, Any], texts: Sequence[str]) -> np.ndarray:
    """Numbers of the terms of each text ``(n, L)``: 0 behind the last, 1 for one that is not known."""
    number = {term: place for place, term in enumerate(front["vocabulary"], start=2)}
    lists = [[number.get(term, 1) for term in _terms(front, text)] for text in texts]
    longest = max((len(item) for item in lists), default=0)
    length = longest if front["length"] is None else front["length"]
    ids = np.zeros((len(lists), length), np.int64)
    for row, item in enumerate(lists):
        kept = item[:length]
        ids[row, : len(kept)] = kept
    return ids


def _terms(front: Mapping[str, Any], text: str) -> list[str]:
    if front["clean"]:
        # letters of English alone become small, and punctuation goes, byte by byte
        text = _PUNCTUATION.sub(b"", text.encode("utf-8", "replace").lower()).decode("utf-8", "replace")
    if front["split"] == "character":
        parts = list(text)
    else:
        parts = [part.decode("utf-8", "replace") for part in text.encode("utf-8", "replace").split()]
    if not front["ngrams"]:
        return parts
    return [
        " ".join(parts[start : start + size])
        for size in front["ngrams"]
        for start in range(len(parts) - size + 1)
    ]
