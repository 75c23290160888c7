"""Every row of a table of which the trials saw a sample, preprocessed as the sample was, in shards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.seeds import derive
from automl.core.targets import count_rows
from automl.data.large.tally import Tally
from automl.data.modality import Examples, ReadsParts
from automl.jobs.assembly import Prepared
from automl.jobs.session import Session
from automl.tasks.task import ComparesGroups

if TYPE_CHECKING:
    import numpy as np

    from automl.core.phases import Phase
    from automl.data.large.drawn import Drawn
    from automl.data.large.shards import Shards
    from automl.data.tables import Table

PREPARING_SHARE = 0.5
"""Share of the time that preparing the rows may take: training on them takes the rest."""

KNOWN_ROWS = 200_000
"""Rows after which it is known how long all of them take."""

_SEEN = "seen"


class NoTimeError(Exception):
    """There is not enough time to prepare all rows; says so to the user."""


class EndedError(Exception):
    """The user has ended the search."""


@dataclass(frozen=True, kw_only=True)
class Whole:
    """All rows but those that are scored.

    Attributes:
        shards: tensors and encoded targets, and fingerprints.
        prepared: the sample, whose preprocessing, task and validation part they share.
        notes: what a user should know of the rows.
    """

    shards: Shards
    prepared: Prepared
    notes: tuple[Note, ...]

    def split(self, shard: int) -> Prepared:
        """Return the data with a shard as its training part, as long as that of the sample."""
        split = self.prepared.split
        found = self.shards.take(shard, count_rows(split.train_targets))
        train = {name: found[_input(place)] for place, name in enumerate(split.train)}
        targets = {name: found[_target(place)] for place, name in enumerate(split.train_targets)}
        return replace(self.prepared, split=replace(split, train=train, train_targets=targets))

    def fingerprints(self) -> np.ndarray:
        """Return those of all examples ``(n,)`` uint64."""
        return self.shards.whole(_SEEN)


def prepare_whole(session: Session, clock: Clock) -> Whole:
    """Read, preprocess and deal out every row that is not scored; what an earlier session made is taken up.

    Args:
        session: the job, over a sample.
        clock: ends it.

    Raises:
        EndedError: the user has ended the search.
        NoTimeError: it would take too long.
        DiskFullError: the shards do not fit on the disk.
        DataError: the table cannot be read any more.
    """
    from automl.data.cache import key_of
    from automl.data.large.shards import deal_out, shards_in

    intake, prepared = session.intake, session.setting.prepared
    drawn, cache = intake.drawn, intake.source.cache
    if drawn is None or cache is None:
        raise ValueError("the job is over no sample")
    held = _held_out(session, drawn)
    rows, size = drawn.total - len(held), count_rows(prepared.split.train_targets)
    count, seed = max(1, -(-rows // size)), derive(session.config.seed, "shards")
    key = key_of("shards", [str(intake.source.path), rows, count, seed], dict(intake.dataset.schema), held)
    what = f"preparing all rows of {intake.source.name}"
    tally = Tally()
    with intake.source.phases.phase(what, rows, unit="rows") as phase:
        parts = _parts(session, held, phase, clock, tally)
        entry = cache.entry(key, lambda draft: deal_out(draft, parts, shards=count, rows=rows, seed=seed))
    shards = shards_in(entry)
    notes = (*tally.notes(), *_left_out(rows - shards.rows, rows))
    return Whole(shards=shards, prepared=prepared, notes=notes)


class Clock:
    """Ends a preparation that would take too long, once it is known how long it takes.

    Args:
        deadline: ``time.monotonic()`` of the end of the training on all rows, or None.
        ended: whether the user has ended the search.
    """

    def __init__(self, deadline: float | None, ended: Callable[[], bool] = lambda: False) -> None:
        self._began, self.deadline, self._ended = time.monotonic(), deadline, ended

    def check(self, phase: Phase) -> None:
        """Raise ``NoTimeError`` once it is known that the phase does not end in time, or ``EndedError``."""
        self.go_on()
        if self.deadline is None or phase.done < KNOWN_ROWS or not phase.total:
            return
        expected = (time.monotonic() - self._began) * phase.total / phase.done
        if expected > PREPARING_SHARE * (self.deadline - self._began):
            raise NoTimeError(
                f"To prepare all {phase.total:,} rows takes about {expected:.0f} s, too long for the time "
                "that is left: allow more (--time)."
            )

    def go_on(self) -> None:
        """Raise ``EndedError`` where the user has ended the search."""
        if self._ended():
            raise EndedError


def _held_out(session: Session, drawn: Drawn) -> np.ndarray:
    """Places of the rows that are scored, as ``Drawn.rows`` counts them."""
    import numpy as np

    intake = session.intake
    examples, holdout = intake.dataset.examples, intake.holdout
    found = [np.array([], np.int64)]
    if intake.validation is None and examples.rows is not None:
        found.append(examples.rows[intake.folds[0].validation])
    if holdout is not None and holdout.rows is not None:
        found.append(holdout.rows)
    return np.sort(drawn.rows[np.concatenate(found)])


def _parts(
    session: Session, held: np.ndarray, phase: Phase, clock: Clock, tally: Tally
) -> Iterator[dict[str, np.ndarray]]:
    import numpy as np

    from automl.data.catalog import KINDS
    from automl.data.columns import columns_of
    from automl.data.large.parts import parts_of
    from automl.data.tables import written_as
    from automl.data.unseen import classes_of

    intake = session.intake
    schema = intake.dataset.schema
    columns, styles = columns_of(schema), schema.get("styles") or {}
    names = [*(column.name for column in columns), *schema["targets"]]
    names += [item["name"] for item in schema.get("compared", ())]
    numbers = [item.name for item in columns if KINDS[item.kind].raw(item)[1] == "float64"]
    tables = parts_of(
        intake.source,
        header=schema["header"],
        known=written_as(intake.source, styles, names).styles,
        without=held,
        numbers=frozenset(numbers) - styles.keys(),
    )
    classes = classes_of(intake.dataset)
    random = np.random.default_rng(derive(session.config.seed, "inner folds of all rows"))
    for table in tables:
        examples = _with_targets(session, table, classes, tally)
        if examples is not None and len(examples):
            yield _tensors(session.setting.prepared, examples, random)
        phase.advance(len(table.frame))
        clock.check(phase)


def _with_targets(
    session: Session, table: Table, classes: Mapping[str, list[str]], tally: Tally
) -> Examples | None:
    """The rows with targets that the task knows; None where no row has one."""
    import numpy as np
    import pandas as pd

    intake = session.intake
    try:
        examples, notes = cast("ReadsParts", intake.modality).read_part(
            table, intake.dataset.schema, intake.source, targets=True
        )
    except DataError:
        return None
    tally.hear((note for note in notes if note.startswith("Column ")), len(table.frame))
    targets = examples.targets or {}
    known = [pd.Series(targets[name]).isin(labels).to_numpy() for name, labels in classes.items()]
    if not known:
        return examples
    return examples.take(np.flatnonzero(np.logical_and.reduce(known)))


def _tensors(prepared: Prepared, examples: Examples, random: np.random.Generator) -> dict[str, np.ndarray]:
    from automl.data.preprocessing.inner_folds import dealt_rows
    from automl.data.seen import fingerprints

    preprocessing = prepared.preprocessing
    dealt = dealt_rows(preprocessing.inputs, len(examples), random)
    tensors = {**preprocessing.transform(examples), **dealt}
    targets = prepared.task.encode(examples.targets or {})
    if isinstance(prepared.task, ComparesGroups):
        targets = prepared.task.reweighed(targets, examples.compared)
    return {
        **{_input(place): tensors[name] for place, name in enumerate(prepared.split.train)},
        **{_target(place): targets[name] for place, name in enumerate(prepared.split.train_targets)},
        _SEEN: fingerprints(examples),
    }


def _input(place: int) -> str:
    return f"input-{place}"


def _target(place: int) -> str:
    return f"target-{place}"


def _left_out(count: int, rows: int) -> tuple[Note, ...]:
    lack = "have no target, or a class too rare for the sample"
    text = f"{count:,} of {rows:,} rows {lack}: they are left out."
    return (Note(text, count / rows),) if count else ()
