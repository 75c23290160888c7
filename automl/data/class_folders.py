"""Files of one kind below a folder, and the folders that name their classes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from automl.core.errors import DataError
from automl.core.folders import files_below
from automl.core.notes import Note
from automl.data.tables import listed

PARTS = frozenset({"train", "training", "test", "testing", "val", "valid", "validation", "dev"})
"""Names of folders that hold parts of a data set rather than classes."""


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """Files that are looked for.

    Attributes:
        words: what messages call them, in the plural.
        suffixes: what their names end in, in lower case.
    """

    words: str
    suffixes: tuple[str, ...]

    def has(self, path: Path) -> bool:
        """Whether the file's name says that it is one; hidden files are none."""
        return path.suffix.lower() in self.suffixes and not path.name.startswith(".")


@dataclass(frozen=True, kw_only=True)
class Walked:
    """Files that were found.

    Attributes:
        root: the folder.
        files: in order of their names.
        notes: what a user should know.
        classes: of each file the folder below the root that it lies in; empty where nobody asked.
    """

    root: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    classes: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Name of each file, relative to the root."""
        return [file.relative_to(self.root).as_posix() for file in self.files]


def is_hidden(file: Path, root: Path) -> bool:
    """Whether a file, or a folder between it and the root, has a name that begins with . or __."""
    return any(part.startswith((".", "__")) for part in file.relative_to(root).parts)


def shown_files(root: Path, kind: FileKind) -> list[Path]:
    """Return the files of a kind below a folder in order, without hidden ones; perhaps none."""
    files = [file for file in files_below(root) if kind.has(file)]
    return [file for file in files if not is_hidden(file, root)]


def any_files(root: Path, kind: FileKind) -> Walked:
    """Return the files of a kind below a folder, hidden ones left out.

    Raises:
        DataError: there are none.
    """
    files = files_below(root)
    visible = [file for file in files if not is_hidden(file, root)]
    own = [file for file in visible if kind.has(file)]
    others = len(visible) - len(own)
    if not own:
        raise DataError(
            f"{root} holds no {kind.words} ({others} other files). Expected files ending in "
            f"{', '.join(kind.suffixes)}, for training in one folder per class."
        )
    notes = [f"{others} files that are not {kind.words} were ignored."] if others else []
    hidden = sum(file.suffix.lower() in kind.suffixes for file in files) - len(own)
    if hidden:
        said = f"{hidden} hidden {kind.words} were ignored (names that begin with . or __)."
        notes.append(Note(said, hidden / (hidden + len(own))))
    return Walked(root=root, files=tuple(own), notes=tuple(notes))


def class_files(root: Path, kind: FileKind, *, fewest: int) -> Walked:
    """Return the files of a kind that lie in a folder per class.

    Args:
        root: the folder of these folders.
        kind: of the files.
        fewest: classes that there must be.

    Raises:
        DataError: there are no such files, or fewer classes.
    """
    walked = any_files(root, kind)
    inside = [file for file in walked.files if len(file.relative_to(root).parts) > 1]
    classes = [file.relative_to(root).parts[0] for file in inside]
    _refuse_no_classes(root, sorted(set(classes)), len(walked.files), fewest, kind.words)
    notes = [*walked.notes, *_empty_folders(root, set(classes), kind.words)]
    if len(walked.files) > len(inside):
        loose = len(walked.files) - len(inside)
        said = f"{loose} {kind.words} outside the class folders were ignored."
        notes.append(Note(said, loose / len(walked.files)))
    return Walked(root=root, files=tuple(inside), notes=tuple(notes), classes=tuple(classes))


def _empty_folders(root: Path, classes: set[str], words: str) -> list[str]:
    folders = [item for item in sorted(root.iterdir()) if item.is_dir() and not is_hidden(item, root)]
    empty = [item.name for item in folders if item.name not in classes]
    return [f"Folders without {words} are not classes: {listed(empty)}."] if empty else []


def _refuse_no_classes(root: Path, classes: list[str], files: int, fewest: int, words: str) -> None:
    if classes and {name.lower() for name in classes} <= PARTS:
        raise DataError(
            f"{root} holds {' and '.join(classes)}, which are parts of a data set and no classes. "
            f"Name one of them: {root / classes[0]}."
        )
    if len(classes) < fewest:
        found = (
            f"only the class {classes[0]!r}" if classes else f"{files} {words} and no folder with {words}"
        )
        raise DataError(
            f"{root}: expected one folder of {words} per class, at least {fewest}; found {found}."
        )
