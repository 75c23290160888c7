"""Nested cross-validation: the search is repeated without the rows of each outer fold, and scored on them.

So what is scored includes all that a search does: choosing a trial, its epoch, an ensemble, a threshold
(Varma and Simon, 2006; Cawley and Talbot, 2010). Each of these searches is a job with a holdout, in a
folder of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from automl.core.errors import ConfigError, DiskFullError, SearchError, TimeUpError
from automl.core.holdout import Holdout
from automl.core.job_names import MOST_LETTERS
from automl.jobs.config import JobConfig
from automl.jobs.folder import JobFolder
from automl.jobs.intake.over import is_over
from automl.jobs.progress import Progress, SilentProgress
from automl.jobs.search.interrupts import ENDED

Run = Callable[[JobConfig, Path], object]
"""Begins a search in a folder, or goes on with the one that is there."""


class OfFold(SilentProgress):
    """Watches the search without a fold: of what it is told, the user hears that it ends.

    Args:
        progress: of the whole job.

    Attributes:
        ended: whether the user has ended the search, were it in its last moments.
    """

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self.ended = False

    def note(self, text: str) -> None:
        """See ``Progress``."""
        super().note(text)
        if text in ENDED:
            self.ended = True
            self._progress.note(text)


def check_nested(config: JobConfig) -> None:
    """Refuse nested cross-validation where searches cannot be repeated in this process.

    Raises:
        ConfigError: trials run on machines that look at one job folder.
    """
    if config.nested and config.executor == "folder":
        raise ConfigError(
            "nested: the search is repeated in folders of their own, which `automl worker` does not look "
            "at. Use "
            "executor pool or ray."
        )


def search_folds(
    config: JobConfig,
    folder: JobFolder,
    run: Run,
    note: Callable[[str], None],
    left: Callable[[], float | None],
) -> None:
    """Search without the rows of each outer fold; those that have ended in an earlier session are kept.

    Args:
        config: the job.
        folder: of the job; each of these searches has a folder in it.
        run: runs one of them.
        note: tells the user something.
        left: seconds that are left to the whole job, None for no limit.

    Raises:
        TimeUpError: none are left.
    """
    folds = config.folds or 0
    for part in range(1, folds + 1):
        place = folder.nested(part)
        if is_over(JobFolder(place), None):
            continue
        # the last share is for the search over all rows
        seconds = time_for(f"the search without the rows of fold {part} of {folds}", left())
        share = None if seconds is None else seconds / (folds - part + 2)
        note(_told(part, folds, share))
        try:
            run(_without(config, part, share), place)
        except DiskFullError:
            raise
        except SearchError as error:
            note(f"Warning: the search without fold {part} found no model: {error}")


def time_for(what: str, left: float | None) -> float | None:
    """Return the seconds that are left.

    Args:
        what: one of these searches, which is to begin.
        left: seconds, None for no limit.

    Raises:
        TimeUpError: none are left.
    """
    if left is not None and left <= 0:
        raise TimeUpError(
            f"Time ran out before {what}. Allow more (--time), which all searches share, or give "
            "fewer folds."
        )
    return left


def _told(part: int, folds: int, share: float | None) -> str:
    time = "" if share is None else f", {share:.0f} s"
    cost = f" The search is made {folds + 1} times in all." if part == 1 else ""
    return f"Nested cross-validation: searching without the rows of fold {part} of {folds}{time}.{cost}"


def _without(config: JobConfig, part: int, seconds: float | None) -> JobConfig:
    folds, ending = config.folds or 0, f"-without-{part}"
    return replace(
        config,
        name=f"{(config.name or 'job')[: MOST_LETTERS - len(ending)]}{ending}",
        nested=False,
        holdout=Holdout(share=1 / folds, part=part, parts=folds).text,
        repeat_seeds=None,
        learning_curve=False,
        time=seconds,
        storage=None,
        tracking=False,
    )
