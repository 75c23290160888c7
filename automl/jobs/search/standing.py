"""How far a search is, in a file that others may read while it runs: its study is not theirs to open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress

from automl.core.errors import DiskFullError
from automl.core.files import replace_soon
from automl.core.specs import Objective, TrialRecord
from automl.jobs.folder import JobFolder


class Standing:
    """Writes trials so far and the best score, at the begin and whenever a trial has ended.

    Args:
        folder: the job's.
        objective: the first one.
        earlier: trials of earlier sessions.
        best: the best of them, or None.
    """

    def __init__(
        self,
        folder: JobFolder,
        objective: Objective,
        earlier: Sequence[TrialRecord],
        best: TrialRecord | None,
    ) -> None:
        self._folder, self._objective = folder, objective
        self._trials = {record.number for record in earlier}
        self._score = best.scores[0] if best is not None else None
        self._write()

    def hear(self, record: TrialRecord, *, best: bool) -> None:
        """Hear of the end of a trial, or of its pause."""
        self._trials.add(record.number)
        if best:
            self._score = record.scores[0]
        self._write()

    def _write(self) -> None:
        known = {
            "trials": len(self._trials),
            "best_score": self._score,
            "metric": self._objective.label,
            "direction": self._objective.direction,
        }
        # a full disk is told by whoever writes what matters
        with suppress(OSError, DiskFullError):
            replace_soon(self._folder.standing, f"{json.dumps(known)}\n")
