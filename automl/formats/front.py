"""From raw rows to what an exported core takes: words and dates become numbers, everything else passes.

Runtimes without texts, or without 64 bits, get numbers in their place. The description beside an exported
file says how they are made, and this module does it. It needs NumPy only and imports nothing else, so a
copy of it can go wherever the file goes.

    inputs = core_inputs(read_description("model.onnx.json"), {"age": [39.0], "job": ["clerk"]})

Symbols: n rows, c columns, L places.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

_PUNCTUATION = re.compile(rb"[!-/:-@\[-`{-~]")
_NO_DATE = -(2**63)
_DAY, _HOUR = 86_400, 3_600
_SPACE, _END_OF_DOCUMENT = 32, 4


def read_description(path: str | Path) -> dict[str, Any]:
    """Read the JSON file beside an exported model."""
    description: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return description


def core_inputs(description: Mapping[str, Any], rows: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the inputs of an exported core.

    Args:
        description: with ``inputs``.
        rows: raw values by name, each with n entries: numbers (NaN for a missing one), texts (empty for a
            missing one), dates as NumPy's or as seconds since 1970 (-2**63 for a missing one), arrays.

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
        return _plain(raw[0]).astype(item["dtype"])
    made = _MAKERS[front["kind"]](front, raw).astype(item["dtype"])
    shape = item["shape"][1:]
    return made if None in shape else made.reshape(len(made), *shape)


def _plain(values: Any) -> np.ndarray:
    """Values as they are; dates of NumPy as seconds since 1970, of which the least is none."""
    array = np.asarray(values)
    return array.astype("datetime64[s]").astype(np.int64) if array.dtype.kind == "M" else array


def _codes(front: Mapping[str, Any], columns: Sequence[Any]) -> np.ndarray:
    """Places of words in the vocabulary of their column, from 1; 0 for others ``(n, c)``."""
    coded = []
    for known, words in zip(front["vocabularies"], columns, strict=True):
        number = {word: place for place, word in enumerate(known, start=1)}
        coded.append([number.get(word, 0) for word in _texts(words)])
    return np.array(coded, np.int64).T.reshape(-1, len(coded))


def _words(front: Mapping[str, Any], columns: Sequence[Any]) -> np.ndarray:
    """Numbers of the terms of each text ``(n, L)``: 0 behind the last, 1 for one that is not known."""
    number = {term: place for place, term in enumerate(front["vocabulary"], start=2)}
    lists = [[number.get(term, 1) for term in _terms(front, text)] for text in _texts(columns[0])]
    return _side_by_side(front, lists)


def _bytes(front: Mapping[str, Any], columns: Sequence[Any]) -> np.ndarray:
    """Bytes of each text, counted from ``first`` on ``(n, L)``, 0 behind the last."""
    cells = np.asarray(columns[0], object).tolist()
    texts = [cell if isinstance(cell, bytes) else str(cell).encode("utf-8", "replace") for cell in cells]
    found = [_parts_of_words(front, text) if "merges" in front else list(text) for text in texts]
    return _side_by_side(front, [[token + front["first"] for token in tokens] for tokens in found])


def _parts_of_words(front: Mapping[str, Any], text: bytes) -> list[int]:
    """The last bytes of a text as sub-words, the first of them by itself (``automl.core.subwords``)."""
    text, kinds = text[max(len(text) - front["length"], 0) :], front["kinds_of_bytes"]
    ranks = {(first, second): (rank, made) for rank, (first, second, made) in enumerate(front["merges"])}
    words: list[list[int]] = []
    for place, byte in enumerate(text):
        before, kind = text[place - 1], kinds[byte]
        joins = place > 1 and kind != _END_OF_DOCUMENT and (kind == kinds[before] or before == _SPACE)
        if joins:
            words[-1].append(byte)
        else:
            words.append([byte])
    return [token for word in words for token in _merged(word, ranks)]


def _merged(tokens: list[int], ranks: Mapping[tuple[int, int], tuple[int, int]]) -> list[int]:
    none = (len(ranks), 0)
    while len(tokens) > 1:
        pairs = [(tokens[place], tokens[place + 1]) for place in range(len(tokens) - 1)]
        found = [ranks.get(pair, none) for pair in pairs]
        place = found.index(min(found))
        if found[place] == none:
            break
        tokens = [*tokens[:place], found[place][1], *tokens[place + 2 :]]
    return tokens


def _dates(front: Mapping[str, Any], columns: Sequence[Any]) -> np.ndarray:
    """Parts of dates ``(n, 3 c)``.

    ``numbers`` are the days since 1970, the days of the month and the seconds of the day, NaN for none;
    ``codes`` the months, the weekdays from Monday and the hours, all from 1, 0 for none.
    """
    seconds = np.stack([_plain(column).astype(np.int64) for column in columns], axis=1)
    gone = np.tile(seconds == _NO_DATE, 3)
    days, clock = np.divmod(np.where(seconds == _NO_DATE, 0, seconds), _DAY)
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    if front["part"] == "numbers":
        of_month = days - months.astype("datetime64[D]").astype(np.int64) + 1
        return np.where(gone, np.nan, np.concatenate([days, of_month, clock], axis=1))
    month = months.astype(np.int64) % 12 + 1
    return np.where(gone, 0, np.concatenate([month, (days + 3) % 7 + 1, clock // _HOUR + 1], axis=1))


_MAKERS: Mapping[str, Callable[[Mapping[str, Any], Sequence[Any]], np.ndarray]] = {
    "codes": _codes,
    "words": _words,
    "bytes": _bytes,
    "dates": _dates,
}


def _texts(column: Any) -> list[str]:
    cells = np.asarray(column, object).tolist()
    return [cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell) for cell in cells]


def _side_by_side(front: Mapping[str, Any], lists: Sequence[Sequence[int]]) -> np.ndarray:
    """Lists as rows of one length, the first or the last of each, with 0 behind them."""
    longest = max((len(item) for item in lists), default=0)
    length = longest if front["length"] is None else front["length"]
    ids = np.zeros((len(lists), length), np.int64)
    for row, item in enumerate(lists):
        kept = item[max(len(item) - length, 0) :] if front.get("keep") == "last" else item[:length]
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
