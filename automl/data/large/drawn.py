"""What was found in one look at all rows of a large table: a sample of them, and what the sample hides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from automl.data.cache import Draft, Entry

MOST_VALUES = 1_000
"""Different values of a target up to which each of them is looked for."""

OF_EACH = 10
"""Rows of each value that are in the sample at least, where there are as many."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A sample of the rows of a table, drawn at random; rare values that were looked for come last.

    Attributes:
        content: the sample as a file of its own: delimited text with all that stands above the first row of
            data, or an Arrow stream; ``(bytes,)`` uint8.
        rows: place of each row in the table ``(s,)`` int64; of a text blank rows and comments
            count as rows.
        total: rows in the table.
        odd: cells that are neither numbers nor missing, of columns that hold numbers where they were looked
            at first, by name.
    """

    content: np.ndarray
    rows: np.ndarray
    total: int
    odd: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether the sample is all of the table."""
        return len(self.rows) == self.total


def write_drawn(draft: Draft, drawn: Drawn) -> None:
    """Write a sample as an entry of the cache."""
    facts = json.dumps({"total": drawn.total, "odd": dict(drawn.odd)}).encode()
    draft.put("content", drawn.content)
    draft.put("rows", drawn.rows)
    draft.put("facts", np.frombuffer(facts, np.uint8))


def read_drawn(entry: Entry) -> Drawn:
    """Return the sample that an entry of the cache holds, its content mapped from a file."""
    facts = json.loads(entry.arrays["facts"].tobytes())
    rows = np.array(entry.arrays["rows"])
    return Drawn(content=entry.arrays["content"], rows=rows, total=facts["total"], odd=facts["odd"])


class FirstOfEach:
    """Finds the first rows of each value of a column, so that a sample has all classes of a target.

    It gives up where there are many different values.
    """

    def __init__(self) -> None:
        self._counts: dict[object, int] = {}
        self._places: list[int] = []

    @property
    def open(self) -> bool:
        """Whether it still looks."""
        return len(self._counts) <= MOST_VALUES

    @property
    def rows(self) -> list[int]:
        """Places in the table of all rows found; none once it has given up."""
        return self._places if self.open else []

    def find(self, column: pa.ChunkedArray, first: int) -> list[int]:
        """Hear of the next rows of the column, with so many rows above them; return those found."""
        found = self._found(column) if self.open else []
        self._places += [first + place for place in found]
        return found

    def _found(self, column: pa.ChunkedArray) -> list[int]:
        coded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
        whole = coded.unify_dictionaries().combine_chunks()
        if isinstance(whole, pa.ChunkedArray):  # no rows
            return []
        codes = pc.fill_null(whole.indices, -1).to_numpy(zero_copy_only=False)
        counts = np.bincount(codes[codes >= 0], minlength=len(whole.dictionary)).tolist()
        found: list[int] = []
        for code, value in enumerate(whole.dictionary.to_pylist()):
            known = self._counts.get(value, 0)
            self._counts[value] = known + counts[code]
            if not self.open:
                return []
            if known < OF_EACH:
                found += np.flatnonzero(codes == code)[: OF_EACH - known].tolist()
        return found
