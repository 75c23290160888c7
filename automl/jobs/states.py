"""States of paused trials, one file each in the job folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError

if TYPE_CHECKING:
    from automl.training.state import TrainingState

MOST_BYTES = 20 * 2**30
"""Disk that states may take; beyond it the oldest are dropped, and such a trial begins again."""


@dataclass(frozen=True, kw_only=True)
class States:
    """The states of one job.

    Attributes:
        folder: where they lie; made when the first one is kept.
        note: tells the user something.
        most_bytes: disk that they may take.
    """

    folder: Path
    note: Callable[[str], None]
    most_bytes: int = MOST_BYTES

    def keep(self, number: int, state: TrainingState) -> None:
        """Write down the state of a trial, whole; what no longer fits is dropped."""
        from automl.training.state import save_state

        self.folder.mkdir(parents=True, exist_ok=True)
        save_state(state, self._path(number))
        self._make_room(self._path(number))

    def take(self, number: int, engine: str, *, wanted: bool = True) -> TrainingState | None:
        """Return the state that a trial goes on from; None when there is none or it is another engine's.

        Args:
            number: the trial's.
            engine: name of the engine that is to go on.
            wanted: whether there should be one, so that the user is told when there is not.
        """
        from automl.training.state import load_state

        if not self._path(number).exists():
            if not wanted:
                return None
            self.note(f"The state of trial {number} is gone, so it is trained from its beginning.")
            return None
        try:
            state = load_state(self._path(number))
        except ConfigError as error:
            self.note(f"{error} Trial {number} is trained from its beginning.")
            return None
        if state.engine != engine:
            self.note(f"Trial {number} was trained by another engine and begins again with {engine!r}.")
            return None
        return state

    def drop(self, number: int) -> None:
        """Remove the state of a trial that has ended."""
        self._path(number).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.npz"

    def _make_room(self, newest: Path) -> None:
        files = sorted(self.folder.glob("*.npz"), key=lambda path: path.stat().st_mtime_ns)
        used = sum(path.stat().st_size for path in files)
        for path in files:
            if used <= self.most_bytes or path == newest:
                return
            used -= path.stat().st_size
            path.unlink()
