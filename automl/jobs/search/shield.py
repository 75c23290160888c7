"""A view of a job that cannot break it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

from automl.core.phases import Phase
from automl.core.specs import Configuration, TrialRecord
from automl.jobs.progress import Announcement, Progress


class Shield:
    """Implements ``Progress`` by another one, which is told nothing more once it has raised an error.

    A fault in what shows a search would else be taken for one of the trial that was to be shown.

    Args:
        progress: is told of everything.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._fault: Exception | None = None

    def start(self, search: Announcement) -> None:
        """See ``Progress``."""
        self._tell(self._progress.start, search)

    def note(self, text: str) -> None:
        """See ``Progress``."""
        self._tell(self._progress.note, text)

    def phase(self, phase: Phase | None) -> None:
        """See ``Progress``."""
        self._tell(self._progress.phase, phase)

    def trial_started(self, number: int, configuration: Configuration, epochs: int) -> None:
        """See ``Progress``."""
        self._tell(self._progress.trial_started, number, configuration, epochs)

    def epoch(self, number: int, epoch: int, metrics: Mapping[str, float]) -> None:
        """See ``Progress``."""
        self._tell(self._progress.epoch, number, epoch, metrics)

    def trial_ended(self, record: TrialRecord, best: TrialRecord | None) -> None:
        """See ``Progress``."""
        self._tell(self._progress.trial_ended, record, best)

    def stop(self) -> None:
        """See ``Progress``; a view that failed is told this, too, and the user that it did."""
        fault, self._fault = self._fault, None
        self._tell(self._progress.stop)
        if fault is not None:
            warnings.warn(f"The progress view failed and was turned off: {fault!r}", stacklevel=2)

    def _tell(self, method: Callable[..., None], *arguments: Any) -> None:
        if self._fault is not None:
            return
        try:
            method(*arguments)
        except Exception as error:
            self._fault = error
