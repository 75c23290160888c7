"""States of paused trials, one file each in the job folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError, DiskFullError
from automl.core.files import DRAFT, writing

if TYPE_CHECKING:
    from automl.training.engine import TrainingState

MOST_BYTES = 20 * 2**30
"""Disk that states may take; beyond it the oldest are dropped, and such a trial begins again."""


@dataclass(frozen=True, kw_only=True)
class States:
    """The states of one job.

    Attributes:
        folder: where they lie; made when the first one is kept.
        note: tells the user something.
        most_bytes: disk that they may take.
        refused: trials of which a state found no room; each is told once.
    """

    folder: Path
    note: Callable[[str], None]
    most_bytes: int = MOST_BYTES
    refused: set[int] = field(default_factory=set)

    def keep(self, number: int, state: TrainingState) -> bool:
        """Write down the state of a trial, whole; what no longer fits is dropped.

        Returns:
            whether it was written. On a full disk the oldest states of other trials give room; when that
            is not enough, the trial keeps the state that it had.
        """
        from automl.training.state import save_state

        path = self._path(number)

        def write() -> None:
            with writing(path):
                self.folder.mkdir(parents=True, exist_ok=True)
            save_state(state, path)

        try:
            giving_room(self.folder, write, but=path)
        except DiskFullError as error:
            self._say_once(number, error)
            return False
        self._make_room(path)
        return True

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
            self.note(f"The state of trial {number} is missing, so it restarts from scratch.")
            return None
        try:
            state = load_state(self._path(number))
        except ConfigError as error:
            self.note(f"{error} Trial {number} restarts from scratch.")
            return None
        if state.engine != engine:
            self.note(f"Trial {number} was trained by another engine and restarts with {engine!r}.")
            return None
        return state

    def has(self, number: int) -> bool:
        """Whether there is a state of a trial."""
        return self._path(number).exists()

    def drop(self, number: int) -> None:
        """Remove the state of a trial that has ended."""
        self._path(number).unlink(missing_ok=True)

    def _say_once(self, number: int, error: DiskFullError) -> None:
        if number in self.refused:
            return
        self.refused.add(number)
        self.note(
            f"The state of trial {number} could not be saved; if it is cut short, it continues from its "
            f"previous state or from the start. {error}"
        )

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.npz"

    def _make_room(self, newest: Path) -> None:
        files = _by_age(self.folder)
        used = sum(_size(path) for path in files)
        for path in files:
            if used <= self.most_bytes or path == newest:
                return
            used -= _size(path)
            path.unlink(missing_ok=True)


def giving_room(folder: Path, write: Callable[[], None], *, but: Path | None = None) -> None:
    """Write something that matters more than a state: while the disk is full, the oldest states go.

    Args:
        folder: where the states lie.
        write: writes it.
        but: a state that stays.

    Raises:
        DiskFullError: the disk is full even without them.
    """
    while True:
        try:
            return write()
        except DiskFullError:
            oldest = next((path for path in _by_age(folder) if path != but), None)
            if oldest is None:
                raise
            oldest.unlink(missing_ok=True)


def _by_age(folder: Path) -> list[Path]:
    """Whole states, the oldest first; drafts have other names."""
    found = [path for path in folder.glob("*.npz") if not path.name.startswith(DRAFT)]
    return sorted(found, key=_age)


def _size(path: Path) -> int:
    """In bytes; 0 when another worker was quicker to drop it."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _age(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
