"""A look at every row of a large delimited file: each is as wide as the header, and numbers are numbers.

A column is taken for one of numbers by some places of the file. Where a later cell is none, the block that
it stands in is cut once more with that column as text, and its odd cells are counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from automl.data.arrow_table import Watch, cut_by_row, parse
from automl.data.cells import MISSING_FORMS, as_number
from automl.data.heading import Heading
from automl.data.large.drawn import FirstOfEach
from automl.data.large.text_file import Block, NotInPartsError, TextFile

SPOTS, SPOT = 8, 1 << 17
"""Places of a file, evenly spread, that are looked at first, and bytes of each."""

OFTEN = 3
"""Blocks with odd cells in a column from which on it is cut as text at once."""

MOST_RETRIES = 8
"""Times that a block is cut again for one column more, before all its columns are cut as text."""

_TEXT, _NUMBER, _CODED = pa.string(), pa.float64(), pa.dictionary(pa.int32(), pa.string())
_COLUMN = re.compile(r"CSV column #(\d+)")


@dataclass(frozen=True, kw_only=True)
class Spots:
    """What some places of a file say of all of it.

    Attributes:
        numbers: places of the columns that hold nothing but numbers and missing cells there.
        rows: about how many rows the file has.
    """

    numbers: frozenset[int]
    rows: float


class Look:
    """Cuts the blocks of a file into typed columns, one after another.

    Args:
        file: where they come from.
        watched: names of columns of which every value is looked for.

    Attributes:
        rows: about how many rows the file has.
        odd: cells that are no numbers in columns that seemed to hold nothing else, by place of the column.
    """

    def __init__(self, file: TextFile, watched: Sequence[str]) -> None:
        spots = look_at_spots(file)
        names = file.heading.names
        self.rows = spots.rows
        self.odd: Counter[int] = Counter()
        self._file = file
        self._watched = {names.index(name): FirstOfEach() for name in watched if name in names}
        self._numbers = spots.numbers - self._watched.keys()
        self._often: Counter[int] = Counter()

    def at(self, block: Block) -> pa.Table:
        """Return the rows of a block as columns.

        Raises:
            DataError: a row has another width than the header.
            NotInPartsError: it cannot be cut like this.
        """
        texts, retried = {place for place in self._numbers if self._often[place] >= OFTEN}, 0
        while True:
            try:
                table = _cut(
                    self._file, block.content, [self._kind(place, texts) for place in self._places]
                )
                break
            except pa.ArrowInvalid as error:
                found = _COLUMN.search(str(error))
                place = int(found[1]) if found else -1
                if place not in self._numbers - texts:
                    self._refuse(block, error)
                retried += 1
                texts |= {place} if retried < MOST_RETRIES else self._numbers
        for place in texts:
            odd = _odd(table.column(place))
            self.odd[place] += odd
            self._often[place] += odd > 0
        return table

    def first_of_each(self, table: pa.Table, block: Block) -> list[int]:
        """Return places of rows of a block by which every value of the watched columns is there."""
        found = [watch.find(table.column(place), block.first) for place, watch in self._watched.items()]
        return sorted({place for places in found for place in places})

    @property
    def rare(self) -> set[int]:
        """Places in the file of all such rows, of columns that have but few values."""
        return {place for watch in self._watched.values() for place in watch.rows}

    @property
    def _places(self) -> range:
        return range(len(self._file.heading.names))

    def _kind(self, place: int, texts: set[int]) -> pa.DataType:
        if place in self._watched and self._watched[place].open:
            return _CODED
        return _NUMBER if place in self._numbers - texts else _TEXT

    def _refuse(self, block: Block, error: pa.ArrowInvalid) -> None:
        """Say which line is wrong; where none is, that the file cannot be read like this."""
        if "UTF8" in str(error):
            raise NotInPartsError("it is not UTF-8 throughout") from error
        heading = self._file.heading
        below = Heading(layout=heading.layout, names=heading.names, width=heading.width, lines=0)
        cut_by_row(block.content, below, str(self._file.path), above=heading.lines + block.lines)
        raise NotInPartsError("some of its rows are cut one by one") from error


def look_at_spots(file: TextFile) -> Spots:
    """Look at rows from several places of a file; a place in the middle of a quoted cell is left out."""
    width, numbers, rows, looked = len(file.heading.names), set(range(len(file.heading.names))), 0, 0
    for number in range(SPOTS):
        content = _spot(file, number)
        try:
            table = _cut(file, content, [_TEXT] * width)
        except pa.ArrowInvalid:
            continue
        rows, looked = rows + table.num_rows, looked + len(content)
        numbers = {place for place in numbers if not _odd(table.column(place))}
    return Spots(
        numbers=frozenset(numbers if rows else ()), rows=(file.size - file.begin) * rows / max(looked, 1)
    )


def _spot(file: TextFile, number: int) -> bytes:
    with file.path.open("rb") as stream:
        stream.seek(file.begin + number * (file.size - file.begin) // SPOTS)
        content = stream.read(SPOT)
    content = content if number == 0 else content[content.find(b"\n") + 1 :]
    return content[: content.rfind(b"\n") + 1] or content


def _cut(file: TextFile, content: bytes, kinds: Sequence[pa.DataType]) -> pa.Table:
    layout = file.heading.layout
    watch = Watch(layout.separator, quotes=b'"' in content)
    return parse(pa.py_buffer(content), layout, kinds, watch, missing=MISSING_FORMS)


def _odd(column: pa.ChunkedArray) -> int:
    return as_number(pd.Series(pd.arrays.ArrowExtensionArray(column)))[1]
