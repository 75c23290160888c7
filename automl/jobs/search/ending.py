"""What the end of a job takes, by what the job has shown: its compiling, networks and scoring."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError
from automl.core.targets import count_rows
from automl.jobs.report.resampling import DRAWS_FEWEST, MOST_ROWS
from automl.jobs.search.budget import FINISHING_LEAST
from automl.jobs.trial.kept import load_outputs
from automl.metrics.scorer import score_at_once
from automl.tasks.decoding import finished

if TYPE_CHECKING:
    from automl.jobs.folder import JobFolder
    from automl.jobs.intake.setting import Setting
    from automl.jobs.trial.plan import TrialEnd

FORWARD_SHARE = 0.3
"""What compiling a forward pass takes of compiling a training step, with its gradients and update."""

LOADING = 5.0
"""Seconds that the end takes with one network, which ``FINISHING_LEAST`` is chosen for."""

MEMBERS_SHARE = 0.5
"""Of the kept trials but the best, how many are expected in an ensemble: it had 2 of 10, or 3 of 5."""

MOST_SCORED = 1_000_000
"""Predicted values of the validation part up to which it is scored once more, to time it."""


class Ending:
    """Hears of the trials of a job and says what its end will take.

    Args:
        setting: what the trials share.
        folder: of the job, where their outputs are kept.
    """

    def __init__(self, setting: Setting, folder: JobFolder) -> None:
        self._setting, self._folder = setting, folder
        self._compiled: list[float] = []
        self._drawing: float | None = None
        self._kept = 0

    def hear(self, end: TrialEnd, kept: int) -> None:
        """Hear of the end or the pause of a trial.

        Args:
            end: of the trial.
            kept: how many trials are kept now, each of which may be a part of the result.
        """
        self._kept = kept
        if end.record.compile_seconds > 0:
            self._compiled.append(end.record.compile_seconds)
        if end.kept and self._drawing is None:
            self._drawing = self._measured(end)

    def seconds(self) -> float:
        """Return what loading, checking, scoring and reporting take at least.

        The exported model and each network of its members are compiled once more for the check.
        """
        joins = self._setting.joins or self._setting.distills
        compiled = FORWARD_SHARE * statistics.median(self._compiled) if self._compiled else 0.0
        further = 2 * compiled * MEMBERS_SHARE * max(self._kept - 1, 0) if joins else 0.0
        return max(FINISHING_LEAST, LOADING + further) + (self._drawing or 0.0)

    def _measured(self, end: TrialEnd) -> float:
        """Seconds of the fewest resamples, by scoring what the trial has predicted."""
        prepared = self._setting.prepared
        try:
            outputs = load_outputs(self._folder.found_by(end.record.number), end.record)
        except ConfigError:
            return 0.0
        if not outputs or sum(values.size for values in outputs.values()) > MOST_SCORED:
            return 0.0
        predictions = finished(prepared.task, outputs)
        began = time.monotonic()
        score_at_once(prepared.task.scorer(), prepared.targets, predictions, prepared.validation.groups)
        rows = count_rows(predictions)
        return DRAWS_FEWEST * (time.monotonic() - began) * min(1.0, MOST_ROWS / max(rows, 1))
