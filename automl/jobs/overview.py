"""The jobs of a folder at a glance: which run, how far they are, what has come of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from automl.core.amounts import parse_time
from automl.core.errors import ConfigError
from automl.jobs.config import read_config
from automl.jobs.folder import JobFolder, read_json, state_of
from automl.jobs.holder import Holder, holder_of
from automl.jobs.intake.over import COMPLETE
from automl.jobs.search.clock import seconds_used

State: TypeAlias = Literal["running", "complete", "interrupted", "killed", "unfinished", "damaged"]
"""``killed``: the process that worked on it is gone without a word; ``unfinished``: it has no model."""


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """One job.

    Attributes:
        folder: of the job.
        name: of the job, empty where it is not known.
        state: what it is doing.
        pid: of the process that works on it, or did until it was killed; else None.
        host: the machine of that process, or empty.
        metric: what the best score is of, empty before there is one.
        best_score: the best so far, or None.
        trials: so far.
        seconds: that it has used, in all its sessions.
        seconds_left: of its time while it runs; None without a limit.
        trouble: what is wrong with its files, or empty.
    """

    folder: Path
    name: str
    state: State
    pid: int | None = None
    host: str = ""
    metric: str = ""
    best_score: float | None = None
    trials: int = 0
    seconds: float = 0.0
    seconds_left: float | None = None
    trouble: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "folder": str(self.folder)}


def jobs_in(root: Path) -> list[JobLine]:
    """Return the jobs that lie in a folder, or the one that it is, by name.

    Raises:
        ConfigError: there is no such folder.
    """
    if not root.is_dir():
        raise ConfigError(
            f"No such folder: {root}. Jobs go to runs/ below the working directory, or --out."
        )
    return [_line(folder) for folder in _folders(root)]


def _folders(root: Path) -> Iterator[JobFolder]:
    for path in [root, *sorted(item for item in root.iterdir() if item.is_dir())]:
        folder = JobFolder(path.absolute())
        if folder.job.is_file():
            yield folder


def _line(folder: JobFolder) -> JobLine:
    try:
        return _read(folder)
    except (ConfigError, KeyError, TypeError, ValueError, AttributeError) as error:
        return JobLine(folder=folder.path, name="", state="damaged", trouble=str(error))


def _read(folder: JobFolder) -> JobLine:
    options, holder = read_config(folder.job), holder_of(folder)
    result = read_json(folder.result) if folder.result.exists() else {}
    state = _state(folder, holder, result)
    # while it runs, and behind a kill, the result is that of an earlier session
    at_work = state in ("running", "killed") and folder.standing.exists()
    known = read_json(folder.standing) if at_work else result
    used = seconds_used(folder)
    limit = options.get("time")
    left = None if limit is None or state != "running" else max(parse_time(limit) - used, 0.0)
    score = known.get("best_score")
    return JobLine(
        folder=folder.path,
        name=str(result.get("name") or options.get("name") or folder.path.name),
        state=state,
        pid=holder.pid if holder else None,
        host=holder.host if holder else "",
        metric=str(known.get("metric", "")) if score is not None else "",
        best_score=None if score is None else float(score),
        trials=int(known.get("trials", 0)),
        seconds=round(used, 1),
        seconds_left=None if left is None else round(left, 1),
    )


def _state(folder: JobFolder, holder: Holder | None, result: Mapping[str, Any]) -> State:
    if holder is not None:
        return "running" if holder.is_alive else "killed"
    if state_of(folder).get("ended") == COMPLETE or result.get("state") == COMPLETE:
        return "complete"
    return "interrupted" if result else "unfinished"
