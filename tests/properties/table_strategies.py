"""Tables as programs write them: dialects x types x gaps x orders, with the arguments that pandas needs."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from typing import Any

import pandas as pd
from hypothesis import strategies as st

MARKERS = ("", "NA", "n/a", "NaN", "null", "None", "?", "-")
WORDS = ("red", "blue", "Größe", "a b", 'say "hi"', "x,y;z", "two\nlines", "#7", "007", "日本", "C:\\new")
KINDS = ("whole", "fraction", "word", "day", "flag")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a table is written down."""

    separator: str
    line_end: str
    codec: str
    decimal: str
    thousands: str
    above: str
    quote_all: bool
    trailing: bool
    last_line_end: bool
    packed: bool


@dataclass(frozen=True, kw_only=True)
class Written:
    """A file, its columns as they were meant, and how it was written."""

    content: bytes
    numbers: frozenset[str]
    dialect: Dialect

    def by_pandas(self) -> pd.DataFrame:
        """The table as pandas reads it with the right arguments, every cell as text."""
        content = gzip.decompress(self.content) if self.dialect.packed else self.content
        text = content.decode(self.dialect.codec).removeprefix(self.dialect.above)
        return pd.read_csv(
            io.StringIO(text, newline=""),
            sep=self.dialect.separator,
            dtype=object,
            keep_default_na=False,
            skipinitialspace=False,
            index_col=False,
        )

    def numbers_by_pandas(self, name: str) -> pd.Series[Any]:
        """A column of numbers as pandas reads it with the right arguments."""
        content = gzip.decompress(self.content) if self.dialect.packed else self.content
        text = content.decode(self.dialect.codec).removeprefix(self.dialect.above)
        frame = pd.read_csv(
            io.StringIO(text, newline=""),
            sep=self.dialect.separator,
            decimal=self.dialect.decimal,
            thousands=self.dialect.thousands or None,
            na_values=list(MARKERS),
            float_precision="round_trip",
            usecols=[name],
            index_col=False,
        )
        return frame[name]


def _grouped(number: int | float, dialect: Dialect) -> str:
    text = f"{number:,}" if dialect.thousands else str(number)
    return text.translate({ord(","): dialect.thousands, ord("."): dialect.decimal})


def dialects() -> st.SearchStrategy[Dialect]:
    """Dialects of one table."""
    return st.builds(
        Dialect,
        separator=st.sampled_from([",", ";", "\t", "|"]),
        line_end=st.sampled_from(["\n", "\r\n", "\r"]),
        codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        decimal=st.sampled_from([".", ","]),
        thousands=st.sampled_from(["", "group"]),
        above=st.sampled_from(["", "", "\n\n", "# by a program\n", "sep"]),
        quote_all=st.booleans(),
        trailing=st.booleans(),
        last_line_end=st.booleans(),
        packed=st.booleans(),
    ).map(_consistent)


def _consistent(dialect: Dialect) -> Dialect:
    other = {".": ",", ",": "."}[dialect.decimal]
    above = dialect.above.replace("sep", f"sep={dialect.separator}\n")
    return Dialect(
        **{
            **dialect.__dict__,
            "thousands": other if dialect.thousands else "",
            "above": above.replace("\n", dialect.line_end),
        }
    )


_GAPS = st.sampled_from(MARKERS)
_WHOLE = st.integers(-(10**6), 10**6)
_FRACTION = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 2))


@st.composite
def tables(draw: st.DrawFn) -> Written:
    """A table of 2 to 5 columns and 3 to 25 rows, written in some dialect."""
    dialect = draw(dialects())
    rows = draw(st.integers(3, 25))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
    columns = {"key": [f"k{row}" for row in range(rows)]}
    # One number that can be read in one way only: the dialect is then no guess.
    amounts = [1234.5, *(draw(_FRACTION) for _ in range(rows - 1))]
    columns["amount"] = [_grouped(amount, dialect) for amount in amounts]
    for place, kind in enumerate(kinds):
        columns[f"{kind} {place}"] = [draw(_cell(kind, dialect)) for _ in range(rows)]
    order = draw(st.permutations(list(columns)))
    numbers = frozenset(name for name in order if name.startswith(("amount", "whole", "fraction")))
    content = _write({name: columns[name] for name in order}, dialect)
    return Written(content=content, numbers=numbers, dialect=dialect)


def _cell(kind: str, dialect: Dialect) -> st.SearchStrategy[str]:
    cells: dict[str, st.SearchStrategy[str]] = {
        "whole": _WHOLE.map(lambda number: _grouped(number, dialect)),
        "fraction": _FRACTION.map(lambda number: _grouped(number, dialect)),
        "word": st.sampled_from(WORDS),
        "day": st.dates().map(str),
        "flag": st.sampled_from(["True", "false", "yes", "T"]),
    }
    # Gaps are seldom, as columns are words where gaps are all that they hold.
    return st.one_of(cells[kind], cells[kind], cells[kind], _GAPS)


def _write(columns: dict[str, list[str]], dialect: Dialect) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=dialect.separator,
        lineterminator=dialect.line_end,
        quoting=csv.QUOTE_ALL if dialect.quote_all else csv.QUOTE_MINIMAL,
    )
    for cells in [list(columns), *zip(*columns.values(), strict=True)]:
        lines = [
            cell.replace("\n", dialect.line_end) for cell in cells
        ]  # csv quotes only its own line ends
        writer.writerow([*lines, ""] if dialect.trailing and not dialect.quote_all else lines)
    text = dialect.above + stream.getvalue()
    content = (text if dialect.last_line_end else text.removesuffix(dialect.line_end)).encode(dialect.codec)
    return gzip.compress(content, 1) if dialect.packed else content
