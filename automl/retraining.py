"""The best configurations of a finished job, trained on other data: a job of its own."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from automl.api import run_job
from automl.core.amounts import parse_time
from automl.core.errors import understood
from automl.jobs.fetched import read_job
from automl.jobs.folder import open_folder
from automl.jobs.intake.kept_options import with_secrets
from automl.jobs.result import Result
from automl.jobs.tune.tuned import refuse_tuned
from automl.jobs.versions import refuse_other_versions
from automl.spaces.space import family_of
from automl.study.earlier.warm_start import MOST_STARTS
from automl.views.choice import watching

if TYPE_CHECKING:
    from automl.jobs.folder import JobFolder
    from automl.jobs.progress import Progress


def retrain(
    folder: str | Path,
    data: object,
    *,
    trials: int | None = None,
    time_limit: float | str | None = None,
    out: str | Path | None = None,
    verbose: int = 1,
    progress: Progress | None = None,
) -> Result:
    """Train the best configurations of a finished job on other data, with the options of that job.

    As many are trained as the result has members, at most three, in the order of their scores; the members
    of the new result are chosen among them by scores on the new data.

    Args:
        folder: of the finished job.
        data: as for ``automl.search``, with the targets of that job.
        trials: how many trials; from the fourth on they are a search that has learned from that job.
        time_limit: wall time in seconds, or text such as ``"10m"``; None for none.
        out: the new job folder; ``runs/NAME-TIME`` by default.
        verbose: as for ``automl.search``.
        progress: as for ``automl.search``.

    Raises:
        ConfigError: no finished search there, or its study is gone.
        InputError: the data is of another kind, or lacks columns.
        SearchError: no trial succeeded.
    """
    started = time.monotonic()
    files = open_folder(folder)
    refuse_tuned(files)
    refuse_other_versions(files)
    result = Result(files.path)
    inside = not isinstance(data, str | Path)
    # its study goes into the new folder, wherever that of the first job is
    first = replace(read_job(files), storage=None)
    config = replace(
        with_secrets(first, None, None),
        data=None if inside else str(data),
        # data sets that bring their target themselves name none
        target=first.target or tuple(result.opened.schema.get("targets", ())),
        trials=trials or min(len(result.members), MOST_STARTS),
        time=None if time_limit is None else parse_time(time_limit),
        family=_families(files, result),
        warm_start=(str(files.path),),
        portfolio=True,
        sampler="rungs",
        out=None if out is None else str(out),
    )
    with watching(verbose, progress, started=started) as watcher:
        return run_job(config, data=data if inside else None, progress=watcher, started=started)


def _families(files: JobFolder, result: Result) -> tuple[str, ...]:
    """The families of the members, the best first."""
    board = result.leaderboard
    named = {int(row["trial"]): str(row["name"]) for _, row in board[board["trial"].notna()].iterrows()}
    with understood(files.result):
        best = str(family_of(result.best))
    members = (named.get(item.trial, best) for item in result.members)
    return tuple(dict.fromkeys(name.rpartition("/")[2] for name in (best, *members)))
