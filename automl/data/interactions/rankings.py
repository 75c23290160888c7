"""Examples for a ranking: a user each, with the items that are given and those that are held out.

In other data a user's items are ranked after what the user had dealt with in the data of the search.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.targets import TARGET
from automl.data.interactions.dealt import dealt_of, dealt_schema
from automl.data.interactions.histories import (
    LINE,
    MOST_ITEMS,
    RANDOM,
    SHARE,
    TAB,
    Histories,
    as_token,
    held_rows,
    histories,
)
from automl.data.interactions.layout import ITEM, USER, Layout
from automl.data.interactions.reading import ids_of, read_ratings
from automl.data.interactions.sides import read_sides, told_of
from automl.data.modality import Dataset, Examples, Handling, ReadOptions
from automl.data.source import Source
from automl.data.time_cells import sortable_times

ITEMS = "items"
"""Name of the raw input: items that a user has dealt with, between tabs."""

LEAST_USERS, LEAST_ITEMS = 10, 3
"""Fewer have nothing to be ranked by."""

MOST_USERS = 50_000
"""Of an epoch; of more it is a part."""

MOST_SCORES, LEAST_SCORED = 50_000_000, 2_000
"""Scores of items that users who validate have together at most, as they lie in memory several times, and
how many such users there are at least: the standard error of a mean over so many is below 0.01."""

FOLDS_BELOW = 20_000
"""Users below which networks of several folds are trained and joined."""

HANDLING = Handling(
    examples_per_epoch=MOST_USERS, least_examples=20_000, cpu_backend="jax", folds_below=FOLDS_BELOW
)


def read_ranking(source: Source, layout: Layout, how: str, task: str, options: ReadOptions) -> Dataset:
    """Read who has dealt with what for training.

    Args:
        source: the table.
        layout: where users and items stand; ratings are not looked at.
        how: items are held out, one of ``HOLD_OUT``.
        task: kind of the task.
        options: with tables of users and items.

    Raises:
        DataError: too few users or items, or a table beside them cannot be read.
    """
    table = read_ratings(source, layout)
    users, items, whole, notes = ids_of(table.frame, layout)
    times = _times(layout, table.frame, whole)
    found = histories(users, items, times, held_rows(users, times, how, 0))
    different = len(pd.unique(items))
    if len(found.users) < LEAST_USERS or different < LEAST_ITEMS:
        raise DataError(
            f"{table.where} holds {len(found.users)} users and {different} items: expected at least"
            f" {LEAST_USERS} and {LEAST_ITEMS}."
        )
    sides, told = read_sides(options, layout, users, items)
    known = told_of(sides)
    order = np.arange(len(users)) if times is None else np.argsort(times, kind="stable")
    return Dataset(
        examples=Examples(
            inputs={ITEMS: found.given, **_named(found.users, sides)},
            targets={TARGET: found.targets},
            keys={layout.user: found.users},
        ),
        schema={
            "layout": layout.plain(),
            **dealt_schema(users[order], items[order]),
            "label_type": "str",
            "header": layout.header,
            "sides": {name: side.plain() for name, side in sides.items()},
        },
        task=task,
        target_names=(ITEMS,),
        notes=(*table.notes, *notes, *_notes(found, layout), *told),
        columns=(layout.user, layout.item, *known),
        kinds={
            layout.user: f"users: {layout.user}, {len(found.users):,} different, an example each",
            layout.item: f"items: {layout.item}, {different:,} different",
            **known,
        },
        handling=HANDLING,
        validates=_some_users(len(found.users), different),
    )


def _some_users(users: int, items: int) -> np.ndarray | None:
    """Positions of users who validate, where the usual ones are more than can be scored on all items."""
    usual = users if users < FOLDS_BELOW else round(SHARE * users)
    most = max(LEAST_SCORED, MOST_SCORES // items)
    if usual <= most:
        return None
    return np.sort(np.random.default_rng(0).choice(users, min(most, round(SHARE * users)), replace=False))


def read_ranking_again(
    source: Source, layout: Layout, schema: Mapping[str, Any], *, targets: bool
) -> tuple[Examples, tuple[str, ...]]:
    """Read other rows of users and items.

    Args:
        source: the table.
        layout: of it.
        schema: of the data of the search.
        targets: whether the items are to be found, given those of the search; else they are given, too.
    """
    table = read_ratings(source, layout)
    users, items, whole, notes = ids_of(table.frame, layout)
    times = _times(layout, table.frame, whole)
    here = histories(users, items, times, np.zeros(len(users), bool))
    before = _before(schema)
    if not targets:
        texts = [_joined(before.get(user, []), own) for user, own in _each(here)]
        inputs = {ITEMS: np.array(texts, object), **_named(here.users, schema["sides"])}
        examples = Examples(inputs=inputs, keys={layout.user: here.users})
        how = "by these items" + (_DESCRIBED if USER in schema["sides"] else " alone")
        return examples, (*table.notes, *notes, *_on_new(here.users, before, how))
    wanted = _to_find(users, items, times, before)
    examples = Examples(
        inputs={ITEMS: wanted.given, **_named(wanted.users, schema["sides"])},
        targets={TARGET: wanted.targets},
        keys={layout.user: wanted.users},
    )
    told = _on_new(wanted.users, before, "by four fifths of their items here, the others being to find")
    return examples, (*table.notes, *notes, *told)


_DESCRIBED = ", and by what --user-table says of them"


def _to_find(
    users: np.ndarray, items: np.ndarray, times: np.ndarray | None, before: Mapping[str, list[str]]
) -> Histories:
    """The items here that a user had not dealt with, given those before; in the data of the search, and of
    users that it did not have, a part of the items here, given the others.
    """
    known = {user: set(own) for user, own in before.items()}
    tokens = map(as_token, items.tolist())
    inside = np.array([item in known.get(user, ()) for user, item in zip(users, tokens, strict=True)])
    some = held_rows(users, times, RANDOM, 0)
    if inside.all():
        return histories(users, items, times, some)
    new = np.array([user not in before for user in users])
    found = histories(users, items, times, np.where(new, some, ~inside))
    given = [
        _joined(_without(before.get(user, []), out), own.split(TAB))
        for user, own, out in zip(found.users, found.given, found.held, strict=True)
    ]
    return Histories(users=found.users, given=np.array(given, object), held=found.held)


def history_of(schema: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what each user has dealt with in the data of the search, as it stands in texts."""
    return _before(schema)


def text_of(items: list[str]) -> str:
    """Return the text of items that stand as in texts; of too many the latest."""
    return TAB.join(list(dict.fromkeys(items))[-MOST_ITEMS:])


def given_of(text: str) -> str:
    """Return the line of what is given, of a target."""
    return text.partition(LINE)[0]


def _named(users: np.ndarray, sides: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The ids of users as an input, where something is known of them."""
    return {USER: users} if USER in sides else {}


def _each(found: Histories) -> list[tuple[str, list[str]]]:
    return [
        (user, [item for item in given.split(TAB) if item])
        for user, given in zip(found.users, found.given, strict=True)
    ]


def _without(items: list[str], text: str) -> list[str]:
    out = set(text.split(TAB))
    return [item for item in items if item not in out]


def _joined(before: list[str], more: list[str]) -> str:
    return text_of([item for item in (*before, *more) if item])


def _before(schema: Mapping[str, Any]) -> dict[str, list[str]]:
    users, items = dealt_of(schema)
    tokens = np.array([as_token(item) for item in schema["ids"][ITEM]], object)[items]
    order = np.argsort(users, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=len(schema["ids"][USER])))])
    ordered = tokens[order]
    return {
        user: list(dict.fromkeys(ordered[starts[place] : starts[place + 1]].tolist()))
        for place, user in enumerate(schema["ids"][USER])
    }


def _times(layout: Layout, frame: pd.DataFrame, rows: np.ndarray) -> np.ndarray | None:
    return np.asarray(sortable_times(frame[layout.time], "the ratings"))[rows] if layout.time else None


def _notes(found: Histories, layout: Layout) -> tuple[Note, ...]:
    notes = []
    if layout.value:
        notes.append(
            Note(f"Column {layout.value!r} does not count in a ranking: every row is one of interest.")
        )
    if found.cut:
        of = f"{found.cut:,} of {len(found.users):,} users"
        said = f"{of} have more than {found.most:,} items: the latest count."
        notes.append(Note(said, found.cut / len(found.users)))
    return tuple(notes)


def _on_new(users: np.ndarray, before: Mapping[str, Any], how: str) -> tuple[Note, ...]:
    strange = sum(user not in before for user in users)
    said = f"{strange:,} of {len(users):,} users are not in the data of the search: they are known {how}."
    return (Note(said, strange / len(users)),) if strange else ()
