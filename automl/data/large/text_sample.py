"""A sample of the rows of a large delimited file, as a smaller file with the same beginning."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from automl.data.arrow_table import Watch
from automl.data.large.drawn import Drawn
from automl.data.large.text_file import Block, blocks, open_text
from automl.data.large.text_look import Look
from automl.data.source import Sampling


def draw_text(path: Path, sampling: Sampling, *, header: bool) -> Drawn:
    """Draw a sample of the rows of a delimited file while every row is looked at.

    Args:
        path: the file.
        sampling: how many rows, and the columns of which every value is to be there.
        header: False when the first row is data.

    Raises:
        DataError: it is no table, or a row has another width than the header; the line is named.
        NotInPartsError: it is one of those that are only read at once.
    """
    file = open_text(path, header=header)
    look = Look(file, sampling.watched)
    share = sampling.rows / max(look.rows, 1.0)
    sample, rare, total = _Rows(file.top, file.heading.layout.separator), dict[int, bytes](), 0
    for block in blocks(file):
        table = look.at(block)
        total += table.num_rows
        random = np.random.default_rng([sampling.seed, block.number])
        sample.add(block, np.flatnonzero(random.random(len(block.starts)) < share))
        if table.num_rows == len(block.starts):  # else some are blank or comments: places differ
            rare.update(
                {block.first + place: block.row(place) for place in look.first_of_each(table, block)}
            )
    sample.add_missing({place: rare[place] for place in rare.keys() & look.rare})
    return Drawn(
        content=np.frombuffer(sample.content, np.uint8),
        rows=np.array(sample.rows, np.int64),
        total=total,
        odd={file.heading.names[place]: count for place, count in look.odd.items()},
    )


class _Rows:
    """The rows of a sample, one after another; blank ones and comments are none."""

    def __init__(self, top: bytes, separator: str) -> None:
        self.content, self.rows = bytearray(top), list[int]()
        self._skips = Watch(separator).skips

    def add(self, block: Block, places: np.ndarray) -> None:
        for place in places.tolist():
            row = block.row(place)
            if not self._skips(row.decode("utf-8", "replace")):
                self.content += row
                self.rows.append(block.first + place)

    def add_missing(self, rows: dict[int, bytes]) -> None:
        for place in sorted(rows.keys() - {*self.rows}):
            self.content += rows[place]
            self.rows.append(place)
