"""When a search ends: trials, time, and the reserve for finishing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from automl.execution.executor import GRACE_SECONDS
from automl.study.proposer import Horizon

SPARE_SHARE = 0.1
"""Share of the time in which no trial is begun at most, because it might not see its first epoch."""

UNKNOWN_SHARE, UNKNOWN_LEAST = 0.25, 0.1
"""The first trial of a family may take a quarter of the time left to its first rung, or a tenth of all,
which is what a search of a minute has to offer."""

KNOWN_SHARE, KNOWN_TIMES = 0.1, 2.0
"""A further one may take a tenth of the time left, or so many times what others of its family took."""

FINISHING_SHARE, FINISHING_LEAST, FINISHING_MOST = 0.1, 7.0, 20.0
"""Share of the time kept back for exporting, checking, plotting and registering the winner, and seconds at
least and at most, until the job has shown what it takes: loading an exported network and its first
prediction take some five however short the search was."""

SHORT_SHARE = 0.25
"""Most of the time that is kept back, however short the search."""

TRAINING_SHARE, TRAINING_MOST = 0.15, 120.0
"""The same for training a network once more when the search is over, such as on all examples where it is
not joined from folds."""


REPEATS_SHARE = 0.4
"""Most of the time that is kept back for training the best trial again."""

READING_SHARE = 0.4
"""Share of the time kept back for reading all rows of a table that was sampled, and training on them."""

KEPT_MOST = 0.75
"""Most of the time that all of these take together: without trials there is nothing to finish."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """When a search ends.

    Attributes:
        trials: trials in all, or None.
        deadline: ``time.monotonic()`` at which training stops, or None.
        spare: seconds before the deadline in which no trial is begun at most, because it might not see an
            epoch.
        seconds: from the start to the deadline, over all sessions, or None.
        trial_seconds: of one trial from pause to pause, or None.
        end: ``time.monotonic()`` at which all is over, finishing included, or None.
        finishing: seconds between deadline and end for exporting, checking and reporting.
        finishing_most: to which they may grow.
    """

    trials: int | None
    deadline: float | None
    spare: float = 0.0
    seconds: float | None = None
    trial_seconds: float | None = None
    end: float | None = None
    finishing: float = 0.0
    finishing_most: float = 0.0

    def keeping(self, finishing: float) -> Budget:
        """Return it with at least so many seconds for exporting, checking and reporting, as far as they
        leave time for trials.
        """
        more = min(finishing, self.finishing_most) - self.finishing
        if self.deadline is None or self.seconds is None or more <= 0:
            return self
        return replace(
            self,
            deadline=self.deadline - more,
            seconds=self.seconds - more,
            finishing=self.finishing + more,
        )

    def horizon(self, begun: int, startup: float, least: float | None = None) -> Horizon | None:
        """Return what is left, or None when the time is over.

        No trial is left to begin where it would not see an epoch; those that wait may still go on.

        Args:
            begun: trials so far.
            startup: seconds that the slowest trial took to its first epoch's end.
            least: seconds that a trial takes at least where trials are shortened to end in time; None where
                they are not, or where that is not known yet.
        """
        trials = None if self.trials is None else max(self.trials - begun, 0)
        if self.deadline is None:
            return Horizon(trials=trials, open=trials is None)
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            return None
        late = seconds <= max(min(startup, self.spare), least or 0.0)
        return Horizon(trials=0 if late else trials, seconds=seconds, total=self.seconds)

    def over(self) -> bool:
        """Whether the time is so far gone that every trial has been ended, if need be by force."""
        return self.deadline is not None and time.monotonic() > self.deadline + 2 * GRACE_SECONDS

    def first_look(self, known: Sequence[float]) -> float | None:
        """Return the seconds that a new trial may take to its first rung, or None without a limit.

        Args:
            known: what other trials of its family took.
        """
        if self.deadline is None or self.seconds is None:
            return None
        left = self.deadline - time.monotonic()
        if not known:
            return max(UNKNOWN_SHARE * left, UNKNOWN_LEAST * self.seconds)
        return max(KNOWN_SHARE * left, KNOWN_TIMES * statistics.median(known))

    def share(self, part: float) -> float | None:
        """Return the seconds that are a part of the time left, or None without a limit."""
        return None if self.deadline is None else max(part * (self.deadline - time.monotonic()), 0.0)

    def trial_deadline(self) -> float | None:
        """Return ``time.monotonic()`` at which a trial that begins now is to end, or None."""
        if self.trial_seconds is None:
            return self.deadline
        own = time.monotonic() + self.trial_seconds
        return own if self.deadline is None else min(own, self.deadline)


def budget_from(
    trials: int | None,
    seconds: float | None,
    *,
    started: float,
    used: float,
    trial_seconds: float | None = None,
    last_trainings: int = 0,
    reads_all: bool = False,
    repeats: float = 0.0,
) -> Budget:
    """Return the budget of this session.

    Args:
        trials: trials in all, or None.
        seconds: wall time of the job, or None.
        started: ``time.monotonic()`` of the start of the command.
        used: seconds that earlier sessions of the job used.
        trial_seconds: of one trial, or None.
        last_trainings: how often a network is trained when the search is over, on all examples or to
            distill an ensemble.
        reads_all: whether all rows of a table, of which trials see a sample, are trained on then.
        repeats: how often the best trial is trained again, to tell how far it can be believed.
    """
    if seconds is None:
        return Budget(trials=trials, deadline=None, trial_seconds=trial_seconds)
    left = max(seconds - used, 0.0)
    # of what is left: a share of all would be more than that where a long job is given a little more
    finishing = min(max(FINISHING_SHARE * left, FINISHING_LEAST), FINISHING_MOST, SHORT_SHARE * left)
    reserve = finishing
    reserve += last_trainings * min(TRAINING_SHARE * left, TRAINING_MOST)
    reserve += READING_SHARE * left if reads_all else 0.0
    reserve += min(repeats * min(TRAINING_SHARE * left, TRAINING_MOST), REPEATS_SHARE * left)
    reserve = min(reserve, KEPT_MOST * left)
    end = started + left
    return Budget(
        trials=trials,
        deadline=end - reserve,
        end=end,
        spare=SPARE_SHARE * seconds,
        seconds=seconds - reserve,
        trial_seconds=trial_seconds,
        finishing=finishing,
        finishing_most=min(SHORT_SHARE * left, finishing + KEPT_MOST * left - reserve),
    )
