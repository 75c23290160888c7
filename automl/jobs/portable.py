"""A finished job that travels inside a Python object: copied, pickled, sent to another process."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.jobs.folder import JobFolder
from automl.jobs.result import Result, load_result


class OwnedFolder:
    """A temporary folder that goes when its object does, or this process ends.

    Attributes:
        path: the folder.
    """

    def __init__(self) -> None:
        """Make the folder."""
        self.path = Path(tempfile.mkdtemp(prefix="automl-"))
        self._end = weakref.finalize(self, _remove, self.path, os.getpid())


class PortableJob:
    """The folder of a finished job; copies and pickles of it hold the files themselves.

    A copy writes its files to a folder of its own when it is first used, and removes only that one. What is
    pickled are the bytes of ``model.keras`` and of text files, nothing of which is pickled itself.

    Args:
        folder: the job folder.
        owner: keeps a temporary folder alive; None for a folder of the user's.
    """

    def __init__(self, folder: Path, owner: OwnedFolder | None = None) -> None:
        self._folder: Path | None = folder
        self._owner = owner
        self._files: Mapping[str, bytes] | None = None

    @cached_property
    def result(self) -> Result:
        """The job, opened."""
        if self._folder is None:
            owner = OwnedFolder()
            for name, content in (self._files or {}).items():
                write_whole(owner.path / Path(name).name, content)
            self._owner, self._folder = owner, owner.path
        return load_result(self._folder)

    def __getstate__(self) -> dict[str, Any]:
        """The files, by name."""
        return {"files": self._files if self._folder is None else _read(self._folder)}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Take the files; they are written when they are needed."""
        self._folder = self._owner = None
        self._files = state["files"]


def _read(folder: Path) -> dict[str, bytes]:
    """What predicting, scoring and reporting need: no plots, and no weights that the model has as well."""
    files = JobFolder(folder)
    needed = (files.job, files.model, files.schema, files.task, files.result)
    gone = [file.name for file in needed if not file.is_file()]
    if gone:
        raise ConfigError(f"Cannot copy the model: {folder} has no {gone[0]} any more.")
    others = (files.leaderboard, files.state, files.report_data, files.coverage)
    beside = (folder / "study.journal", folder / "estimator.json")
    return {file.name: file.read_bytes() for file in (*needed, *others, *beside) if file.is_file()}


def _remove(folder: Path, process: int) -> None:
    # a forked child holds the object as well, but the folder is its parent's
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)
