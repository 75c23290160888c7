"""The modality ``interactions``: users and items, and what users think of items.

The exported model takes two texts per example, ``user`` and ``item``, whatever their columns are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import ConfigError, DataError, suggest
from automl.core.names import first_names
from automl.core.notes import Note
from automl.core.targets import TARGET
from automl.core.tensors import Promised
from automl.data.bids import ASKED, NO, Bid
from automl.data.cells import as_number
from automl.data.delimited import refuse_unknown
from automl.data.interactions.dealt import dealt_schema
from automl.data.interactions.histories import (
    BY_TIME,
    HOLD_OUT,
    RANDOM,
    TAB,
    by_frequency,
    held_rows,
    most_items,
)
from automl.data.interactions.layout import (
    ITEM,
    USER,
    Layout,
    layout_again,
    layout_for,
    layout_of,
    look_at,
    names_a_value,
    reason_for_ratings,
)
from automl.data.interactions.rankings import ITEMS, read_ranking, read_ranking_again
from automl.data.interactions.reading import ids_of, read_ratings
from automl.data.interactions.sides import read_sides, side_of, told_of
from automl.data.labels import no_number
from automl.data.modality import Dataset, Examples, Handling, Preprocessing, ReadOptions
from automl.data.rows import Features, dataset_of_rows, examples_of_rows, open_rows
from automl.data.source import Source
from automl.data.time_cells import sortable_times
from automl.tasks.catalog import TASKS
from automl.tasks.declared.ranking import RANKING
from automl.tasks.declared.rating import RATING

MOST_PER_EPOCH = 1_000_000
"""Ratings of an epoch: of more it is a part."""

FOLDS_BELOW = 250_000
"""Ratings below which networks of five folds are trained and joined: a factorisation takes seconds, and the
mean of five makes a smaller error than any (docs/recommendation.md)."""

COLD = ("users", "items")
"""Further ways to hold out: users, or items, with all their ratings, so that scores are of new ones."""

HANDLING = Handling(
    examples_per_epoch=MOST_PER_EPOCH, least_examples=0, cpu_backend="jax", folds_below=FOLDS_BELOW
)


@dataclass(frozen=True)
class Interactions:
    """The modality; see ``automl.data.modality.Modality``."""

    name: str = "interactions"
    reads: tuple[str, ...] = ("user_column", "item_column", "user_table", "item_table", "split_by")

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for what the task says are ratings, and for tables that hold nothing else."""
        reason = reason_for_ratings(source, options)
        return Bid(strength=NO) if reason is None else Bid(strength=ASKED, reason=reason)

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read ratings; rows without a user, an item or a rating are left out, with a note."""
        where = str(source.path or source.name)
        _check(options)
        look = look_at(source, header=options.header)
        if look is None:
            raise DataError(f"{where}: expected a table of users, items and ratings.")
        task = options.task or (RATING.name if names_a_value(look) or options.target else RANKING.name)
        layout = layout_for(look, options, where, rated=not TASKS[task].ranks)
        how = options.split_by or (BY_TIME if options.time_column else RANDOM)
        if TASKS[task].ranks:
            _refuse_for_ranking(options)
            return read_ranking(source, layout, how, task, options)
        table = read_ratings(source, layout)
        _refuse_words(table.frame[layout.value], where)
        asked = replace(
            options,
            target=(layout.value,),
            task=task,
            time_column=None,
            header=layout.header,
        )
        rows = open_rows(source, table, asked, what="A table of ratings")
        users, items, whole, notes = ids_of(table.frame, layout)
        sides, told = read_sides(options, layout, users, items)
        features = Features(
            inputs={USER: users, ITEM: items},
            rows=whole,
            schema={
                "layout": layout.plain(),
                "sides": {name: side.plain() for name, side in sides.items()},
                **dealt_schema(users, items),
            },
            kinds=_kinds(layout, users, items),
            notes=(*notes, *_repeated(users, items), *told),
            handling=HANDLING,
        )
        dataset = dataset_of_rows(rows, features, source, asked)
        examples = _with_keys(dataset.examples, layout)
        return replace(
            dataset,
            examples=_grouped(examples, how),
            kinds={**dataset.kinds, **told_of(sides)},
            columns=(*dataset.columns, *told_of(sides)),
            validates=_held_out(how, layout, table.frame, examples),
        )

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read other users and items; those that training did not have are told."""
        layout = layout_again(layout_of(schema["layout"]), source)
        if "targets" not in schema:  # users with items, and no column that is predicted
            return read_ranking_again(source, layout, schema, targets=targets)
        table = read_ratings(source, layout)
        if targets:
            refuse_unknown(schema["targets"][0], list(table.frame.columns), table.where)
        users, items, whole, notes = ids_of(table.frame, layout)
        features = Features(
            inputs={USER: users, ITEM: items},
            rows=whole,
            schema={},
            kinds=_kinds(layout, users, items),
            notes=(*notes, *_strange(users, items, schema["ids"])),
        )
        examples, told = examples_of_rows(table, features, schema, targets=targets)
        return _with_keys(examples, layout), told

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """Users, items, and what is known of either."""
        sides = dataset.schema["sides"]
        if TASKS[dataset.task].ranks:
            # of the same source: families may do with the items alone
            features = (Promised(kind="user_features", source=ITEMS),) if USER in sides else ()
            return (Promised(kind="history", source=ITEMS), *features)
        known = (Promised(kind=f"{name}_features", source=name) for name in sides)
        return (Promised(kind="user", source=USER), Promised(kind="item", source=ITEM), *known)

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Number the users and the items of the training part."""
        from automl.data.preprocessing.interactions import fit_histories, fit_interactions

        if not TASKS[dataset.task].ranks:
            return fit_interactions(dataset, rows)
        given = (text.count(TAB) + 1 for text in dataset.examples.inputs[ITEMS].tolist())
        sides = {name: side_of(plain) for name, plain in dataset.schema["sides"].items()}
        # room for what users will have dealt with after the search
        length = min(most_items(len(dataset.examples)), 2 * max(given))
        return fit_histories(_items(dataset, rows), length, sides)

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """The items that a ranking knows; nothing of ratings."""
        return {"items": list(_items(dataset, rows))} if TASKS[dataset.task].ranks else {}


INTERACTIONS = Interactions()


def _items(dataset: Dataset, rows: np.ndarray) -> dict[str, int]:
    """How many users of the training part have dealt with each item, the most frequent first."""
    return by_frequency((dataset.examples.targets or {})[TARGET][rows].tolist())


def _refuse_for_ranking(options: ReadOptions) -> None:
    if options.split_by in COLD:
        raise ConfigError(
            f"split_by {options.split_by} is for ratings: a ranking is scored on users that it was not"
            f" trained on, of whom some items are given. Expected one of {', '.join(HOLD_OUT)}."
        )


def _refuse_words(ratings: pd.Series[Any], where: str) -> None:
    """Refuse ratings that are no numbers: which of them is better cannot be known."""
    numbers, bad = as_number(ratings)
    if bad:
        expected, advice = "a rating, which is a number", "Write ratings as numbers, such as 1 to 5."
        raise no_number(ratings, numbers, bad, where, expected=expected, advice=advice)


def _check(options: ReadOptions) -> None:
    if options.task is not None and not TASKS[options.task].recommends:
        able = first_names([name for name in TASKS if TASKS[name].recommends], 5)
        raise ConfigError(
            f"Users and items have the task {able}, got {options.task!r}. Leave out one of --modality and"
            " --task."
        )
    if len(options.target) > 1:
        raise ConfigError(f"Ratings are one column, got {', '.join(options.target)}. Name one --target.")
    if options.split_by is not None and options.split_by not in (*HOLD_OUT, *COLD):
        known = suggest(options.split_by, (*HOLD_OUT, *COLD))
        raise ConfigError(f"Unknown way to hold ratings out {options.split_by!r}. {known}")


def _kinds(layout: Layout, users: np.ndarray, items: np.ndarray) -> dict[str, str]:
    several = {layout.user: (USER, users), layout.item: (ITEM, items)}
    return {
        column: f"{role}s: {column}, {len(pd.unique(ids)):,} different"
        for column, (role, ids) in several.items()
    }


def _with_keys(examples: Examples, layout: Layout) -> Examples:
    """Name each example by its user and its item, besides its row."""
    inputs = examples.inputs
    named = {layout.user: np.asarray(inputs[USER]), layout.item: np.asarray(inputs[ITEM])}
    return replace(examples, keys={**examples.keys, **named})


def _repeated(users: np.ndarray, items: np.ndarray) -> tuple[Note, ...]:
    doubled = int(pd.DataFrame({USER: users, ITEM: items}).duplicated().sum())
    said = (
        f"{doubled:,} of {len(users):,} rows are of a user and an item that were there before; all count."
    )
    return (Note(said, doubled / len(users)),) if doubled else ()


def _strange(users: np.ndarray, items: np.ndarray, ids: Mapping[str, Any]) -> tuple[Note, ...]:
    notes = []
    for name, values in ((USER, users), (ITEM, items)):
        new = ~pd.Series(values).isin(ids[name]).to_numpy()
        if new.any():
            said = (
                f"{int(new.sum()):,} of {len(values):,} rows are of {name}s that the search did not have:"
                f" they are answered as an average {name} is, or by what --{name}-table says of them."
            )
            notes.append(Note(said, float(new.mean())))
    return tuple(notes)


def _grouped(examples: Examples, how: str) -> Examples:
    """Keep the ratings of a user, or of an item, on one side, where those that validate are to be new."""
    if how not in COLD:
        return examples
    return replace(examples, groups=np.asarray(examples.inputs[USER if how == COLD[0] else ITEM]))


def _held_out(how: str, layout: Layout, frame: pd.DataFrame, examples: Examples) -> np.ndarray | None:
    """Positions of the examples that validate, where they are chosen by time."""
    if how in (RANDOM, *COLD):
        return None
    times = _times(layout, frame)
    rows = examples.rows if examples.rows is not None else np.arange(len(frame))
    held = held_rows(np.asarray(examples.inputs[USER]), None if times is None else times[rows], how, 0)
    return np.flatnonzero(held)


def _times(layout: Layout, frame: pd.DataFrame) -> np.ndarray | None:
    return np.asarray(sortable_times(frame[layout.time], "the ratings")) if layout.time else None
