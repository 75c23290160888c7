"""What the steps of one job share, from the first trial to the result."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from automl.jobs.config import JobConfig
from automl.jobs.folder import JobFolder
from automl.jobs.intake.intake import Intake
from automl.jobs.intake.setting import Setting
from automl.jobs.progress import Progress
from automl.tracking.tracker import Tracker


@dataclass(frozen=True, kw_only=True)
class Session:
    """One run of ``search`` or ``resume`` over a job.

    Attributes:
        config: the options.
        intake: data and space.
        setting: what the trials share.
        folder: where everything is kept.
        tracker: remembers runs.
        progress: told of everything.
        started: ``time.monotonic()`` of the start of the command; ``config.time`` counts from there.
        used: seconds that earlier sessions of the job used.
    """

    config: JobConfig
    intake: Intake
    setting: Setting
    folder: JobFolder
    tracker: Tracker
    progress: Progress
    started: float
    used: float = 0.0

    @property
    def name(self) -> str:
        """The job's name."""
        return self.config.name or self.intake.source.name

    @property
    def seconds_left(self) -> float | None:
        """Wall time that is left to the job, None without a limit."""
        if self.config.time is None:
            return None
        return self.started + max(self.config.time - self.used, 0.0) - time.monotonic()

    def share(self, part: float, most: float = math.inf) -> float:
        """Return seconds of wall time for one step of the end: a part of the time left, 0 where it is over.

        Args:
            part: of the time left, from 0 to 1.
            most: seconds, which it is without a limit, too.
        """
        left = self.seconds_left
        return most if left is None else max(min(part * left, most), 0.0)

    def deadline(self, share: float) -> float | None:
        """Return ``time.monotonic()`` when a share of the time left is over, None without a limit."""
        left = self.seconds_left
        return None if left is None else time.monotonic() + share * left
