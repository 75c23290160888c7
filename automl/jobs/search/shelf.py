"""Which trials are kept: the best dozen, as far as they fit, so that the result can be made of several."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from automl.core.specs import Objective, TrialRecord
from automl.jobs.folder import JobFolder
from automl.jobs.trial.kept import is_kept
from automl.jobs.trial.plan import TrialEnd, in_order

MOST_TRIALS = 12
"""Kept at once. The thirteenth best trial has hardly ever a part in a result."""

MOST_BYTES = 2 * 2**30
"""Disk that they may take together; the best one is kept whatever it takes."""

LEFT_BYTES = 100 * 10**6
"""Disk that a complete job keeps for further trials, beside what its result is made of."""


class Shelf:
    """The trials of one job of which the weights and outputs are kept.

    Args:
        folder: of the job.
        objective: says which are best.
        records: trials of earlier sessions.
    """

    def __init__(
        self, folder: JobFolder, objective: Objective, records: Iterable[TrialRecord] = ()
    ) -> None:
        self._folder, self._objective = folder, objective
        self._full = False
        self._kept = {
            record.number: record for record in records if is_kept(folder.found_by(record.number), record)
        }
        self._make_room()

    @property
    def records(self) -> list[TrialRecord]:
        """Those kept, the best first."""
        return in_order(self._kept.values(), self._objective)

    def bar(self) -> TrialRecord | None:
        """The worst one kept, when there is no room for more: what does not beat it is not kept."""
        return self.records[-1] if self._full else None

    def put(self, end: TrialEnd) -> None:
        """Hear of the end or the pause of a trial.

        A trial that fails after a pause is still worth what it was then.
        """
        record, known = end.record, self._kept.get(end.record.number)
        if end.kept:
            self._kept[record.number] = record
            self._make_room()
        elif known is not None and record.scores and record.best_epoch != known.best_epoch:
            self._drop(record.number)

    def leave(self, members: Iterable[int]) -> None:
        """Leave to a later session what the result is made of, and others while they are small."""
        wanted = set(members)
        used = sum(_size(self._folder.found_by(number)) for number in wanted)
        for number in [record.number for record in self.records if record.number not in wanted]:
            used += _size(self._folder.found_by(number))
            if used > LEFT_BYTES:
                self._drop(number)

    def _make_room(self) -> None:
        used = 0
        for place, record in enumerate(self.records):
            used += _size(self._folder.found_by(record.number))
            if place and (place >= MOST_TRIALS or used > MOST_BYTES):
                self._drop(record.number)
                self._full = True
        self._full = self._full or len(self._kept) >= MOST_TRIALS

    def _drop(self, number: int) -> None:
        self._folder.found_by(number).unlink(missing_ok=True)
        self._kept.pop(number, None)


def _size(path: Path) -> int:
    """In bytes; 0 where the disk was full and the file gave room."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
