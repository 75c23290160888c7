"""Files written whole: after a crash, a power cut or a full disk there is the old file or the new one.

    with whole(path) as draft:
        model.save(draft)

The draft lies beside the file, under a name that no other writer has. When the block ends, its bytes are
brought to the disk, it takes the file's name by one rename, and the folder, which says so, is brought to
the disk too. When the block raises, the draft is removed. No other module of this package writes files in
their places, but for journals (``study/storage/journal.py``), and ``data/cache.py``, which makes folders
likewise.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from automl.core.errors import DiskFullError
from automl.core.sizes import size_text

DRAFT = ".draft-"
"""How the names of drafts begin, of files and of folders; whoever is killed leaves some."""

_FULL = {
    errno.ENOSPC: "Free some space there",
    errno.EDQUOT: "Free some space there, or ask for a larger quota",
    errno.EFBIG: "Choose a file system that takes larger files, or raise `ulimit -f`",
}
_UNKNOWN_TO_FOLDERS = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM, errno.EISDIR)
"""What systems answer that cannot bring a folder to the disk; it is there as far as they can tell."""


@contextmanager
def whole(path: Path, *, room: int = 0, durable: bool = True) -> Iterator[Path]:
    """Give a draft to write into, and make it ``path`` when the block ends well.

    Args:
        path: the file; its folder is there. The draft's name has the same end, and so the same suffixes.
        room: bytes that are seen to be free first, for a block that is better not refused a write.
        durable: whether it is on the disk before this returns. Else a power cut may leave a part, which is
            right where whoever reads the file checks it and can do without.

    Raises:
        DiskFullError: the disk is full.
        OSError: it cannot be written for another reason.
    """
    draft = draft_of(path)
    try:
        with writing(path), _named_as(path, draft):
            _reserve(draft, room)
            yield draft
            if durable:
                put_in_place(draft, path)
            else:
                draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give a name for a folder, which the block makes and fills, and put it in the place of ``path``.

    After a crash there is the new folder, or the old one, or none, never a part of one.

    Raises:
        DiskFullError: the disk is full.
    """
    draft, aside = draft_of(path), draft_of(path)
    try:
        with writing(path), _named_as(path, draft, aside):
            yield draft
            for file in draft.rglob("*"):
                sync_folder(file) if file.is_dir() else sync_file(file)
            sync_folder(draft)
            if path.exists():
                path.rename(aside)
            draft.rename(path)
            sync_folder(path.parent)
    finally:
        for unneeded in (draft, aside):
            shutil.rmtree(unneeded, ignore_errors=True)


def write_whole(path: Path, content: str | bytes, *, durable: bool = True) -> None:
    """Write a file, whole; text as UTF-8. ``durable`` is told of at ``whole``."""
    with whole(path, durable=durable) as draft:
        draft.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def replace_soon(path: Path, text: str) -> None:
    """Write a small text file whole, in the system's hands and not yet on the disk: what is written every
    second must cost nothing. After a power cut the file may be empty.
    """
    draft = draft_of(path)
    try:
        with writing(path), _named_as(path, draft):
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def append(path: Path, text: str, *, sync: bool = True) -> None:
    """Add text at the end of a file, all of it or, when there is no room, nothing.

    Args:
        path: the file, made when it is not there.
        text: what is added, as UTF-8.
        sync: whether it is to be on the disk before this returns, and not only in the system's hands.

    Raises:
        DiskFullError: the disk is full.
    """
    new = not path.exists()
    with writing(path), FileIO(path, "ab") as stream:
        _add(stream, text)
        if sync:
            os.fsync(stream.fileno())
    if new and sync:
        sync_folder(path.parent)


class Journal:
    """A file that is added to often: opened for the first text and held open, which halves what each costs.

    Texts are in the system's hands when ``add`` returns, not yet on the disk.

    Args:
        path: the file, made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: FileIO | None = None

    def add(self, text: str) -> None:
        """Add text at the end, all of it or, when there is no room, nothing.

        Raises:
            DiskFullError: the disk is full.
        """
        with writing(self._path):
            if self._stream is None:
                self._stream = FileIO(self._path, "ab")
            _add(self._stream, text)

    def close(self) -> None:
        """Let go of the file; a further text opens it again."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def _add(stream: FileIO, text: str) -> None:
    end = stream.seek(0, os.SEEK_END)
    try:
        _write_all(stream.fileno(), text.encode("utf-8"))
    except OSError:
        stream.truncate(end)
        raise


def put_in_place(draft: Path, path: Path) -> None:
    """Bring a file to the disk and give it another name, at once and for good; what had it is gone."""
    sync_file(draft)
    draft.replace(path)
    sync_folder(path.parent)


def draft_of(path: Path) -> Path:
    """Return a name beside ``path`` that nobody has, with the same end."""
    return path.with_name(f"{DRAFT}{secrets.token_hex(4)}-{path.name}")


def discard_drafts(folder: Path) -> None:
    """Remove what killed writers left in a folder and below; for who knows that nobody writes there."""
    for path in sorted(folder.rglob(f"{DRAFT}*")):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Bring the bytes of a file to the disk."""
    # only Windows asks for the right to write
    with path.open("rb" if os.name == "posix" else "rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Bring to the disk which files a folder has, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _UNKNOWN_TO_FOLDERS:
            raise


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say clearly that the disk is full, that of ``path`` when that is why the block raises.

    Raises:
        DiskFullError: from the system's error, or from one that a library made of it.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        code = _full(error)
        if code is None:
            raise
        raise DiskFullError(_message(path, code)) from error


@contextmanager
def _named_as(path: Path, *drafts: Path) -> Iterator[None]:
    """Let the system's errors name the path that the user knows, where they name a draft of it."""
    try:
        yield
    except OSError as error:
        for part in ("filename", "filename2", "strerror"):
            told = getattr(error, part)
            if isinstance(told, str | Path):
                setattr(error, part, _without(drafts, str(told), path))
        if error.filename2 == error.filename:
            del error.filename2  # else it reads as a file that is given its own name
        raise


def _without(drafts: Iterable[Path], told: str, path: Path) -> str:
    for draft in drafts:
        told = told.replace(str(draft), str(path))
    return told


def _full(error: Exception) -> int | None:
    """The system's code when there is no room; HDF5 tells it in words as it closes a file."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return error.errno
    return next((code for code in _FULL if f"errno = {code}," in str(error)), None)


def _message(path: Path, code: int) -> str:
    free = ""
    with suppress(OSError):
        usage = shutil.disk_usage(path.parent)
        free = f" {size_text(usage.free)} of {size_text(usage.total)} are free on that disk."
    return (
        f"Cannot write {path}: {os.strerror(code)}.{free} {_FULL[code]}; files written earlier are intact."
    )


def _reserve(draft: Path, room: int) -> None:
    """Take the room and give it back: it will be there a moment later unless somebody else was quicker."""
    if room and hasattr(os, "posix_fallocate"):
        with draft.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, room)
        draft.unlink()


def _write_all(descriptor: int, content: bytes) -> None:
    """A full disk may take a part first and refuse the rest."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
