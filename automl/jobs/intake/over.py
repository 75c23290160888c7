"""A job that is complete: resuming it without asking for more changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from automl.core.errors import ConfigError
from automl.jobs.config import JobConfig
from automl.jobs.folder import JobFolder, read_json, state_of, write_json
from automl.jobs.progress import Progress
from automl.tracking.spool import Spool
from automl.tracking.tracker import Tracker

COMPLETE = "complete"


def mark_over(folder: JobFolder) -> None:
    """Note that all is done: the model is exported, the result written, the tracker told."""
    write_json(folder.state, {**state_of(folder), "ended": COMPLETE})


def is_over(folder: JobFolder, trials: int | None) -> bool:
    """Whether a job is complete, and has as many trials as are wanted of it.

    Args:
        folder: the job's.
        trials: wanted in all, None for no more than there are.
    """
    try:
        ended, made = state_of(folder).get("ended"), read_json(folder.result)["trials"]
    except (ConfigError, KeyError):
        return False  # going on writes it again
    enough = trials is None or (isinstance(made, int) and trials <= made)
    return ended == COMPLETE and folder.model.is_file() and enough


def leave_as_it_is(
    folder: JobFolder, config: JobConfig, progress: Progress, open_tracker: Callable[[], Tracker]
) -> None:
    """Say that a job is complete; what waited for its tracking store is sent, and nothing else.

    Args:
        folder: the job's.
        config: its options.
        progress: told of it.
        open_tracker: opens the store of its runs.
    """
    progress.note(
        "The job is complete, so nothing was changed. For more trials: "
        f"{folder.resuming} --trials N, or --time TIME."
    )
    if not config.tracking or not Spool(folder.path):
        return
    tracker = open_tracker()
    run_id = str(state_of(folder).get("run_id", ""))
    found = tracker.deliver_waiting(config.name or folder.path.name, run_id)
    if found and found != run_id:
        write_json(folder.state, {**state_of(folder), "run_id": found})
        write_json(folder.result, {**read_json(folder.result), "mlflow_run_id": found})
    for note in tracker.notes():
        progress.note(note)
