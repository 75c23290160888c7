"""Which columns of a table of ratings hold users, items, ratings and times.

Standard library only where the table is a text: what is recognised is looked at before anything heavy is
loaded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from automl.core.errors import ConfigError, DataError, suggest
from automl.core.names import first_names
from automl.data.delimited import column_names, refuse_unknown, rows
from automl.data.file_bytes import unpacked_bytes
from automl.data.heading import find_heading, head_of
from automl.data.modality import ReadOptions
from automl.data.source import Source
from automl.tasks.catalog import TASKS

USER, ITEM, VALUE, TIME = POSITIONS = ("user", "item", "rating", "time")
"""The roles, which are also the names of columns without a header, in the order of MovieLens."""

USERS = frozenset(
    (
        *("user", "userid", "uid", "useridx", "username", "customer", "customerid", "reviewer"),
        *("reviewerid", "member", "memberid", "visitor", "visitorid"),
    )
)
ITEMS = frozenset(
    (
        *("item", "itemid", "iid", "itemidx", "movie", "movieid", "film", "filmid", "product", "productid"),
        *("book", "bookid", "isbn", "asin", "parentasin", "track", "trackid", "song", "songid", "artist"),
        *("artistid", "anime", "animeid", "recipe", "recipeid", "business", "businessid", "article"),
        *("articleid", "joke", "jokeid", "game", "gameid"),
    )
)
VALUES = frozenset(
    ["rating", "ratings", "bookrating", "userrating", "score", "stars", "overall", "preference"]
)
TIMES = frozenset(("timestamp", "time", "date", "datetime", "unixreviewtime", "ratedat"))
"""Names that such columns have, letters and digits of them alone."""

DOUBLE = b"::"
"""What separates cells in MovieLens' files of millions of ratings."""

LOOKED_AT, LEAST_SECONDS, MOST_LEVELS = 50, 1e8, 20
"""Rows by which a table without a header is recognised, with times in seconds since 1970 (1973 and later)
and so many different ratings at most."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where things stand in a table of ratings.

    Attributes:
        user: column of the users.
        item: column of the items.
        value: column of the ratings; empty where there is none.
        time: column of the times; empty where there is none.
        header: whether the first row of a text names the columns.
        placed: whether columns are known by their place alone: they are called by their roles then.
        names: of all columns.
    """

    user: str
    item: str
    value: str = ""
    time: str = ""
    header: bool = True
    placed: bool = False
    names: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "names": list(self.names)}


def layout_of(plain: dict[str, Any]) -> Layout:
    """Bring a layout back from JSON."""
    return Layout(**{**plain, "names": tuple(plain["names"])})


def reason_for_ratings(source: Source, options: ReadOptions) -> str | None:
    """Say why a source holds ratings; None where it does not, nothing where the user has said so, by the
    task or by naming the users or the items.

    Nothing else may be asked of a table whose columns are users, items, ratings and perhaps times, by their
    names or, of a text without a header, by what they hold.
    """
    if options.task is not None:
        return "" if TASKS[options.task].recommends else None
    if options.user_column is not None or options.item_column is not None:
        return ""
    asked = (options.horizon, options.id_column, options.group_column, options.keep, options.drop)
    if any(asked) or source.kind not in ("table", "parquet", "frame"):
        return None
    try:
        look = look_at(source, header=options.header)
    except DataError:  # whoever reads the table will say so
        return None
    layout = None if look is None else recognised(look)
    if layout is None or options.target not in ((), (layout.value,)):
        return None
    shown = ", ".join(name for name in (layout.user, layout.item, layout.value) if name)
    told = "columns are taken by their places" if layout.placed else f"columns {shown}"
    holds = "ratings of items by users" if layout.value else "who has dealt with which items"
    return f"{source.name} holds {holds} ({told}). To read it as a table: --modality tabular."


def refuse_without_ratings(options: ReadOptions) -> None:
    """Refuse options of users and items for data that has none.

    Raises:
        ConfigError: with the first of them.
    """
    for name in ("user_column", "item_column", "user_table", "item_table", "split_by"):
        if getattr(options, name) is not None:
            raise ConfigError(
                f"--{name.replace('_', '-')} is for tables of users and items, which this is not by the"
                " names of its columns. Say that it is one: --task rating or --task ranking."
            )


def names_a_value(look: Look) -> bool:
    """Whether a table has a column of ratings, by its name or by its place."""
    return bool((_named(look) if look.header else _placed(look)).value)


@dataclass(frozen=True, kw_only=True)
class Look:
    """The beginning of a table.

    Attributes:
        names: of the columns; of a text without a header ``c0``, ``c1``, ...
        rows: the first rows of a text, else none.
        header: whether the first row of a text names the columns.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    header: bool = True


def look_at(source: Source, *, header: bool) -> Look | None:
    """Look at a table without reading it; None where it is none.

    Args:
        source: the table.
        header: False where the user says that the first row is data; it is seen where some cell of it is
            a number.
    """
    if source.kind == "frame":
        return Look(names=tuple(str(name).strip() for name in source.content.columns))
    if source.kind == "parquet" and source.path is not None:
        from automl.data.frames import names_of_parquet

        return Look(names=names_of_parquet(source.path))
    if source.kind == "jsonl":
        from automl.data.tables import read_table

        return Look(names=tuple(read_table(source).frame.columns))
    if source.kind == "arrays":
        return Look(names=POSITIONS[:2], header=False)
    if source.kind != "table" or source.path is None:
        return None
    head = head_of(single(unpacked_bytes(source.path, 1 << 18, content=source.content)))
    # columns and numbers are told apart in any encoding that has those of ASCII
    text = head.text() or head.content.decode("latin-1")
    return None if not text or "\0" in text else _look(text, str(source.path), header=header)


def single(content: bytes) -> bytes:
    """Return a text with one tab where the first line has two colons between cells."""
    return content.replace(DOUBLE, b"\t") if DOUBLE in content.split(b"\n", 1)[0] else content


def recognised(look: Look) -> Layout | None:
    """Return the layout of a table that nobody has said anything about; None where it is another one."""
    if look.header:
        layout = _named(look)
        known = {layout.user, layout.item, layout.value, layout.time}
        whole = layout.user and layout.item and set(look.names) <= known
        return layout if whole else None
    if len(look.names) != len(POSITIONS) or len(look.rows) < 2 or not _are_ratings(look.rows):
        return None
    return _placed(look)


def layout_for(look: Look, options: ReadOptions, where: str, *, rated: bool) -> Layout:
    """Return the layout of a table that is asked to be one of users and items.

    Args:
        look: the beginning of the table.
        options: name columns.
        where: what messages call the table.
        rated: whether there must be a column of ratings.

    Raises:
        DataError: a column is not there, or cannot be found.
    """
    asked = (options.user_column, options.item_column, *options.target, options.time_column)
    if not look.header and not any(asked):
        found = _placed(look)
    else:
        for name in asked:
            if name is not None:
                refuse_unknown(name, list(look.names), where)
        named = _named(look)
        found = Layout(
            user=options.user_column or named.user,
            item=options.item_column or named.item,
            value=options.target[0] if options.target else named.value,
            time=options.time_column or named.time,
            header=look.header,
            names=look.names,
        )
    for role, column, option in (
        ("users", found.user, "--user-column"),
        ("items", found.item, "--item-column"),
        ("ratings", found.value or ("" if rated else "-"), "--target"),
    ):
        if not column:
            columns = first_names([repr(name) for name in look.names], 20)
            raise DataError(
                f"{where}: which column holds the {role}? Name it: {option}. Columns: {columns}."
            )
    if len({found.user, found.item, found.value}) < 3:
        raise DataError(f"{where}: users, items and ratings must be three columns, got {found.user!r}.")
    return found


def layout_again(layout: Layout, source: Source) -> Layout:
    """Return the layout of another table, with the columns of the first.

    Raises:
        DataError: it lacks the users or the items.
    """
    look = look_at(source, header=layout.header)
    if look is None:
        return layout
    names = look.names
    if not look.header and layout.placed and len(names) >= 2:
        return _placed(look)
    missing = [name for name in (layout.user, layout.item) if name not in names]
    if missing:
        raise DataError(
            f"{source.path or source.name} has no column {missing[0]!r}, which the model reads."
            f" {suggest(missing[0], names)}"
        )
    return Layout(
        user=layout.user,
        item=layout.item,
        value=layout.value if layout.value in names else "",
        time=layout.time if layout.time in names else "",
        header=look.header,
        names=names,
    )


def _look(text: str, where: str, *, header: bool) -> Look:
    heading = find_heading(text, whole=False, header=False, where=where)
    lines = text.splitlines(keepends=True)[heading.lines :][: LOOKED_AT + 1]
    cut = [cells for _, cells in rows(lines, heading.layout, where)][:LOOKED_AT]
    first = cut[0] if cut else []
    # no column is called by a number
    named = header and not any(_NUMBER.fullmatch(cell) for cell in first)
    names = column_names(first, header=named, where=where) if first else []
    below = cut[1:] if named else cut
    return Look(names=tuple(names), rows=tuple(tuple(row) for row in below), header=named)


def _named(look: Look) -> Layout:
    def one(known: frozenset[str]) -> str:
        found = [name for name in look.names if _bare(name) in known]
        return found[0] if len(found) == 1 else ""

    return Layout(
        user=one(USERS),
        item=one(ITEMS),
        value=one(VALUES),
        time=one(TIMES),
        header=look.header,
        names=look.names,
    )


def _placed(look: Look) -> Layout:
    names = (*POSITIONS[: len(look.names)], *look.names[len(POSITIONS) :])
    known = dict(zip(POSITIONS, names, strict=False))
    return Layout(
        user=USER,
        item=ITEM,
        value=VALUE if VALUE in known else "",
        time=TIME if TIME in known else "",
        header=False,
        placed=True,
        names=names,
    )


def _are_ratings(cells: Sequence[Sequence[str]]) -> bool:
    if any(len(row) != len(POSITIONS) or not all(map(_NUMBER.fullmatch, row)) for row in cells):
        return False
    whole = all(row[0].isdigit() and row[1].isdigit() for row in cells)
    levels = {row[2] for row in cells}
    return whole and len(levels) <= MOST_LEVELS and all(float(row[3]) >= LEAST_SECONDS for row in cells)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
