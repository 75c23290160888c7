"""What to do about a job folder that lacks a file: wait for the search, go on with it, or fetch a copy."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError
from automl.jobs.folder import JobFolder, read_json
from automl.jobs.holder import holder_of


def read_made(path: Path) -> dict[str, Any]:
    """Read a JSON object of the job folder that a search makes at some time.

    Raises:
        ConfigError: it is not there, and why; or it is broken.
    """
    refuse_missing(path)
    return read_json(path)


def refuse_missing(path: Path) -> None:
    """Raise ConfigError where a file of a job folder is not there, with what to do."""
    if not path.exists():
        raise ConfigError(f"{path.parent} has no {path.name}: {_reason(JobFolder(path.parent))}")


def _reason(folder: JobFolder) -> str:
    holder = holder_of(folder)
    if holder is not None and holder.is_alive:
        return (
            f"{holder.words} is still at work on the job. Wait for it, or end it with "
            f"`automl stop {shlex.quote(str(folder.path))}`."
        )
    if folder.result.exists():
        return "the job has ended, so the file was lost. Use an intact copy of the folder, or search again."
    return f"the job has not got that far. Go on with `{folder.resuming}`."
