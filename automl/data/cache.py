"""A folder of arrays that are slow to make: made once, mapped from files ever after, by any process.

An entry is a folder of ``.npy`` files and others that belong to them, with a list of their sizes. It is
made in a draft folder and put in place by one rename, so entries are always complete: a killed process
leaves a draft that nobody reads, and if two processes make the same entry, the first one wins. An entry
with a missing or truncated file, or in another format, is made again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import mmap
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.errors import DataError
from automl.core.files import DRAFT, sync_file, sync_folder, writing

FORMAT = 1
"""Version of what lies in an entry; goes into every key."""

ATTEMPTS = 5
"""Times that putting an entry in place is tried while other processes do the same."""

_LIST = "entry.json"
_BLOCK = 1 << 24


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the cache holds under one key.

    Attributes:
        path: folder of the entry's files.
        arrays: read-only arrays by name, mapped from files.
    """

    path: Path
    arrays: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Draft:
    """An entry in the making.

    Args:
        path: folder to write into.
    """

    path: Path

    def empty(self, name: str, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
        """Return an array to be filled that is mapped to a file; its room on the disk is taken at once.

        Raises:
            DiskFullError: the disk is full.
        """
        file = self.path / f"{name}.npy"
        with _writing(self.path):
            array = np.lib.format.open_memmap(file, mode="w+", dtype=dtype, shape=shape)
            _take_room(file, array.nbytes)
        return array

    def put(self, name: str, values: np.ndarray) -> None:
        """Write an array."""
        self.empty(name, values.shape, values.dtype)[...] = values


@dataclass(frozen=True)
class ArrayCache:
    """A cache in a folder, which is made when the first entry is.

    Args:
        folder: where entries lie; belongs to the cache alone.
    """

    folder: Path

    def entry(self, key: str, build: Callable[[Draft], None]) -> Entry:
        """Return the entry of a key, made by ``build`` when it is not there yet.

        Args:
            key: of ``key_of``.
            build: writes the entry; what it raises is passed on, and nothing is kept.

        Raises:
            DataError: the folder cannot be written.
            DiskFullError: the disk is full.
        """
        place = self.folder / key
        found = _open(place)
        if found is None:
            self._make(place, build)
            found = _open(place)
        if found is None:
            raise DataError(f"Cannot read back what was just written to {place}. Is the disk sound?")
        return found

    def remove(self) -> None:
        """Remove all entries; arrays that are mapped stay good where the system allows it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self, place: Path, build: Callable[[Draft], None]) -> None:
        with _writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=self.folder))
        try:
            with writing(place):
                build(Draft(draft))
            with _writing(self.folder):
                _seal(draft)
                _put_in_place(draft, place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def let_go(arrays: Iterable[np.ndarray]) -> None:
    """Give back the memory that mapped arrays have come to take; what was written stays in their files.

    The pages that a process has touched count as its own until they are needed elsewhere.
    """
    for array in arrays:
        mapped = getattr(array, "_mmap", None)
        if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
            mapped.madvise(mmap.MADV_DONTNEED)


def key_of(*parts: object) -> str:
    """Return the key of what follows from ``parts``: 32 hexadecimal digits of BLAKE2b.

    Args:
        parts: texts, numbers, None, JSON-like lists and mappings of them, and arrays, of which shape, type
            and values count; objects in arrays are taken as texts, or as arrays of their own.
    """
    hasher = hashlib.blake2b(f"{FORMAT}".encode(), digest_size=16)
    for part in parts:
        for block in _blocks(part):
            hasher.update(block)
        hasher.update(b"\x1e")
    return hasher.hexdigest()


def _blocks(part: object) -> Iterator[bytes]:
    if not hasattr(part, "dtype") or not hasattr(part, "shape"):
        yield json.dumps(part, sort_keys=True, default=list).encode()
        return
    yield f"{part.dtype}{part.shape}".encode()
    array: Any = part
    rows = max(1, _BLOCK // max(1, int(np.prod(array.shape[1:])) * 8))
    for start in range(0, len(array), rows):
        block = np.asarray(array[start : start + rows])
        yield _object_bytes(block) if block.dtype == object else block.tobytes()


def _object_bytes(objects: np.ndarray) -> bytes:
    """Each object behind its length, so that no two lists of them give the same bytes."""
    coded = [
        # as a text a long array would lose its middle
        b"".join(_blocks(item))
        if isinstance(item, np.ndarray)
        else str(item).encode("utf-8", "surrogatepass")
        for item in objects.ravel()
    ]
    return b"".join(b"%d:%b" % (len(item), item) for item in coded)


def _open(place: Path) -> Entry | None:
    """The entry, or None when there is none or it is not whole."""
    try:
        listed = json.loads((place / _LIST).read_text(encoding="utf-8"))
        sizes = {str(name): int(size) for name, size in listed["files"].items()}
        if listed["format"] != FORMAT or sizes != _sizes(place):
            return None
        arrays = {
            Path(name).stem: np.load(place / name, mmap_mode="r", allow_pickle=False)
            for name in sizes
            if name.endswith(".npy")
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return Entry(path=place, arrays=arrays)


def _sizes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_size for file in folder.iterdir() if file.name != _LIST}


def _seal(draft: Path) -> None:
    """Bring all files to the disk and list them; the list is what makes an entry whole."""
    sizes = _sizes(draft)
    (draft / _LIST).write_text(json.dumps({"format": FORMAT, "files": sizes}), encoding="utf-8")
    for name in (*sizes, _LIST):
        sync_file(draft / name)
    sync_folder(draft)


def _put_in_place(draft: Path, place: Path) -> None:
    """Rename; what stands there is left when it is whole, and moved away first when it is not."""
    for attempt in range(ATTEMPTS):
        try:
            draft.rename(place)
        except OSError:
            if _open(place) is not None:
                return
            if attempt == ATTEMPTS - 1 or not place.exists():
                raise
            _throw_away(place, draft.with_name(f"{draft.name}-old"))
        else:
            sync_folder(place.parent)
            return


def _throw_away(place: Path, aside: Path) -> None:
    """Out of the way by one rename, so that nobody finds half of it."""
    with suppress(FileNotFoundError):  # another process was quicker
        place.rename(aside)
        shutil.rmtree(aside) if aside.is_dir() else aside.unlink()


def _take_room(file: Path, size: int) -> None:
    """Allocate the blocks now: a disk found full while a mapped page is written would kill the process."""
    if hasattr(os, "posix_fallocate"):
        with file.open("rb+") as stream:
            os.posix_fallocate(stream.fileno(), 0, file.stat().st_size)
    elif shutil.disk_usage(file.parent).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        with writing(folder / "data"):
            yield
    except OSError as error:
        raise DataError(
            f"Cannot keep prepared data in {folder}: {error.strerror or error}. Choose another job folder "
            "(--out)."
        ) from error
