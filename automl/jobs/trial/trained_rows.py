"""The fingerprints of the examples that a job trains on, in its folder: ``evaluate`` finds them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from automl.core.files import whole
from automl.core.notes import Note
from automl.data.modality import Examples
from automl.data.source import Source, digest
from automl.jobs.folder import JobFolder, read_json
from automl.jobs.intake.intake import Intake

if TYPE_CHECKING:
    import numpy as np

    from automl.data.seen import Seen


@dataclass(frozen=True, kw_only=True)
class SeenRows:
    """What is known of the examples of a data set.

    Attributes:
        rows: how many have the inputs of examples of training; None where that is not known.
        notes: what to tell.
    """

    rows: int | None
    notes: tuple[Note, ...]


def write_trained_rows(folder: JobFolder, intake: Intake) -> None:
    """Write the fingerprints of all examples that the job trains on: 8 bytes each, ascending, once."""
    from automl.data.seen import fingerprints

    if folder.trained.exists():
        return
    with intake.source.phases.phase("noting which rows are trained on"):
        write_fingerprints(folder, fingerprints(intake.dataset.examples, _rows(intake)))


def write_fingerprints(folder: JobFolder, found: np.ndarray) -> None:
    """Write the fingerprints of all examples that were trained on in place of those known so far.

    Args:
        folder: of the job.
        found: ``(n,)`` uint64, in any order; sorted in place.
    """
    import numpy as np

    found.sort()
    with whole(folder.trained) as draft:
        np.save(draft, found, allow_pickle=False)


class SeenCount:
    """Looks for examples among those that a job trained on, part by part.

    Args:
        folder: of the job; one of an earlier version has no fingerprints, and little is told.
    """

    def __init__(self, folder: JobFolder) -> None:
        self._folder = folder
        self._trained = _read(folder) if folder.trained.exists() else None
        self._found: Seen | None = None

    def hear(self, examples: Examples) -> None:
        """Look for some raw examples."""
        from automl.data.seen import compare

        if self._trained is not None:
            found = compare(examples, self._trained)
            self._found = found if self._found is None else self._found.and_(found)

    def told(self, name: str, *, same: bool) -> SeenRows:
        """Tell what was found.

        Args:
            name: of the data set.
            same: whether it is the data of the search.
        """
        from automl.data.seen import note_of

        if not self._folder.trained.exists():
            said = "is the data of the search, which was trained on except for the validation part"
            known = (Note(f"{name} {said}: new data may score lower.", 1.0),) if same else ()
            return SeenRows(rows=None, notes=known)
        if self._trained is None:
            file = self._folder.trained
            text = f"{file} cannot be read, so it is unknown which rows of {name} were trained on."
            return SeenRows(rows=None, notes=(Note(text),))
        if self._found is None:
            return SeenRows(rows=0, notes=())
        return SeenRows(rows=self._found.rows, notes=note_of(self._found, name, same=same))


def seen_notes(folder: JobFolder, examples: Examples, source: Source) -> tuple[Note, ...]:
    """Return what to tell of examples that the job trained on."""
    seen = SeenCount(folder)
    seen.hear(examples)
    return seen.told(source.name, same=is_of_search(folder, source)).notes


def is_of_search(folder: JobFolder, source: Source) -> bool:
    """Return whether data is that of the search."""
    if source.path is not None and not (source.path.is_file() or source.path.is_dir()):
        return False  # a pipe is read once
    return folder.state.exists() and digest(source) == read_json(folder.state).get("digest")


def _rows(intake: Intake) -> np.ndarray | None:
    """Positions of what is trained on; None for all: with folds the winner is trained on every part."""
    return intake.folds[0].train if len(intake.folds) == 1 else None


def _read(folder: JobFolder) -> np.ndarray | None:
    import numpy as np

    try:
        array = np.load(folder.trained, allow_pickle=False)
    except (OSError, ValueError, EOFError, BadZipFile):
        return None
    good = isinstance(array, np.ndarray) and array.dtype == np.uint64 and array.ndim == 1
    return np.sort(array) if good else None
