"""What kinds of columns a table holds: by this modalities bid for it, before it is read as anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.data.catalog import KINDS
from automl.data.columns import recognise, usable_kinds
from automl.data.kinds.kind import NO, Column, Facts
from automl.data.modality import ReadOptions
from automl.data.rows import open_rows, targets_named
from automl.data.source import TABLES, Source
from automl.data.tables import Table, listed
from automl.data.target_columns import find_targets
from automl.data.typed_rows import open_table
from automl.tasks.catalog import TASKS

SAMPLE, FEWEST, CELLS = 2_000, 100, 100_000
"""Rows that are looked at first, fewer where a row has many cells."""


@dataclass(frozen=True, kw_only=True)
class TableFacts:
    """What the columns are that may be features.

    Attributes:
        names: of the columns, by their kind.
        joins: whether the target columns are several targets, each with a task of its own.
    """

    names: Mapping[str, tuple[str, ...]]
    joins: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether there are but kinds that every table has."""
        return all(KINDS[kind].plain for kind in self.names)

    @property
    def text(self) -> str:
        """For messages: ``pictures ('photo'), texts ('review') and 4 other columns``."""
        special = {kind: names for kind, names in self.names.items() if not KINDS[kind].plain}
        parts = [f"{KINDS[kind].words} ({listed(names)})" for kind, names in special.items()]
        others = sum(map(len, self.names.values())) - sum(map(len, special.values()))
        if others:
            parts.append(f"{others} other column{'s' if others > 1 else ''}")
        return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)

    def share(self, kinds: Collection[str], most: int | None = None) -> float:
        """Return the share of the columns that are of some kinds; 0 where there is no column.

        Args:
            kinds: names of kinds.
            most: columns that count at most, or None for any number.
        """
        every = sum(map(len, self.names.values()))
        own = sum(len(names) for kind, names in self.names.items() if kind in kinds)
        return min(own, own if most is None else most) / every if every else 0.0


def plain_kinds() -> tuple[str, ...]:
    """Return the kinds that every table has: numbers, dates, categories."""
    return tuple(name for name in usable_kinds() if KINDS[name].plain)


def facts_of_table(source: Source, options: ReadOptions) -> TableFacts | None:
    """Return what a table holds, found once per source and options; None where the source is no table."""
    inputs = source.content[0] if isinstance(source.content, tuple) else None
    if source.kind not in TABLES and not (source.kind == "arrays" and hasattr(inputs, "columns")):
        return None
    facts: TableFacts = source.kept.get(("facts", options), lambda: _facts(source, options))
    return facts


def _facts(source: Source, options: ReadOptions) -> TableFacts:
    table = open_table(source, options.target, header=options.header)
    target = targets_named(source, table, options)
    frame = _features(table, target, options)
    if _looks_plain(frame):
        return TableFacts(names={plain_kinds()[0]: tuple(frame.columns)})
    found: dict[str, tuple[str, ...]] = {}
    for column in _used(source, table, frame, options):
        found[column.kind] = (*found.get(column.kind, ()), column.name)
    return TableFacts(names=found, joins=_joins(table, target, options))


def _joins(table: Table, target: Sequence[str], options: ReadOptions) -> bool:
    if len(target) < 2:
        return False
    try:
        task = find_targets(table.frame[list(target)], options.task, table.where, "A table").task
    except (DataError, KeyError):  # whoever reads the table will say so
        return False
    return TASKS[task].joins


def _looks_plain(frame: pd.DataFrame) -> bool:
    """Whether no column looks like more than numbers, dates and categories: those are judged once only."""
    head = frame.head(max(FEWEST, min(SAMPLE, CELLS // max(1, frame.shape[1]))))
    special = [KINDS[name] for name in usable_kinds() if not KINDS[name].plain]
    facts = (Facts(series=head[name], name=name) for name in head.columns)
    return not any(kind.bid(column) > NO for column in facts for kind in special)


def _features(table: Table, target: Sequence[str], options: ReadOptions) -> pd.DataFrame:
    """Columns without a role of their own."""
    roles = {options.group_column, options.id_column, options.time_column, options.weight_column}
    roles -= {*options.keep}
    out = {*target, *options.drop, *roles}
    return table.frame[[name for name in table.frame.columns if name not in out]]


def _used(source: Source, table: Table, frame: pd.DataFrame, options: ReadOptions) -> Sequence[Column]:
    """Columns that tell something, by the targets where these can be read."""
    try:
        rows = open_rows(source, table, options, what="A table")
    except DataError:  # whoever reads the table will say so
        return recognise(frame, usable_kinds(), keep=options.keep)[0]
    present = np.flatnonzero(rows.present)
    targets = rows.of(present)
    return recognise(frame.iloc[present], usable_kinds(), keep=options.keep, targets=targets)[0]
