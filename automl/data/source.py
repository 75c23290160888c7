"""Where examples come from: a path or an object in memory, recognised before anything is read."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from automl.core.errors import DataError, suggest
from automl.core.folders import files_below
from automl.core.phases import Phases
from automl.data.json_lines import SUFFIXES as LINES_OF_JSON
from automl.data.remote.address import is_address

if TYPE_CHECKING:
    from automl.data.cache import ArrayCache
    from automl.data.numbers import NumberStyle

SourceKind: TypeAlias = Literal[
    "table", "parquet", "jsonl", "folder", "npz", "ts", "frame", "arrays", "sklearn"
]

TABLES = ("table", "parquet", "jsonl", "frame")
"""Sources that are tables whatever they hold."""

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".pgm", ".ppm", ".tif", ".tiff", ".webp")
"""Files that hold a picture."""

SOUND_SUFFIXES = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au")
"""Files that hold a sound."""

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".webm", ".mkv", ".mpg", ".mpeg", ".wmv")
"""Files that hold a video; an animated GIF is a picture unless the user says otherwise."""

GENERIC_NAMES = ("train", "training", "data", "dataset", "test")
"""File names under which any data set may lie."""

STDIN = "-"

NAMELESS_SERIES = "value"
"""Name of the column that a Series without a name becomes."""

BUNDLED = ("digits", "wine", "breast_cancer", "diabetes", "iris")


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How a table that is too large to be read at once is read: by a sample of its rows.

    Attributes:
        rows: about how many; all where there are no more.
        seed: of the draw.
        watched: columns of which every value is to be in the sample, such as classes.
    """

    rows: int
    seed: int = 0
    watched: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Source:
    """A place that examples are read from.

    Attributes:
        kind: ``table`` (delimited text, perhaps gzipped), ``parquet``, ``jsonl`` (a JSON object per line),
            ``folder``, ``npz``, ``ts``, ``frame`` (pandas or polars DataFrame), ``arrays`` (numpy array, or
            a tuple of inputs and targets), ``sklearn`` (a data set bundled with scikit-learn).
        path: the file or folder, or None for objects in memory.
        content: the object in memory; of a pipe, which can be read only once, its bytes; or None.
        name: what messages and job folders call it.
        cache: keeps what is slow to read, or None.
        phases: is told how far reading is, and gives it up at the deadline.
        styles: how numbers are written in training, by column, for a source that is read again; or None.
        sampling: how a table in a file is sampled instead of being read at once, or None.
        kept: what was read from this source already, for those who read it next.
        notes: what a user should know of how the data was brought here.
        validation: the examples that validate, where the data itself holds them; else None.
        parts: names of the parts of the data, of which this is one; empty where there is but one.
    """

    kind: SourceKind
    name: str
    path: Path | None = None
    content: Any = None
    cache: ArrayCache | None = None
    phases: Phases = field(default_factory=Phases, compare=False, repr=False)
    styles: Mapping[str, NumberStyle] | None = field(default=None, compare=False, repr=False)
    sampling: Sampling | None = field(default=None, compare=False)
    kept: Kept = field(default_factory=lambda: Kept(), compare=False, repr=False)
    notes: tuple[str, ...] = field(default=(), compare=False)
    validation: Source | None = None
    parts: tuple[str, ...] = ()

    @property
    def in_memory(self) -> bool:
        """Whether it is an object that other processes must be handed."""
        return self.path is None and self.content is not None

    @property
    def held(self) -> tuple[Any, ...]:
        """The frames and arrays in memory that it is read from, those that validate too."""
        content = self.content if isinstance(self.content, tuple) else (self.content,)
        return (*content, *(() if self.validation is None else self.validation.held))

    @property
    def files(self) -> tuple[Path, ...]:
        """All files below a folder in order, hidden ones too; it is walked through once, whoever asks."""
        root = self.path if self.path is not None and self.path.is_dir() else None
        return cast("tuple[Path, ...]", self.kept.get("files", lambda: files_below(root) if root else ()))


class Kept:
    """What was read from a source, by a key of the reader; stays behind when a source is sent elsewhere."""

    def __init__(self) -> None:
        self._read: dict[object, Any] = {}

    def get(self, key: object, read: Callable[[], Any]) -> Any:
        """Return what is kept under a key; ``read`` makes it the first time."""
        if key not in self._read:
            self._read[key] = read()
        return self._read[key]

    def shrink(self) -> None:
        """Free all but the heads of what has one (``content.head()``), kept under ``("head", key)``.

        What Arrow would keep for its next table is freed, too.
        """
        for key, content in list(self._read.items()):
            if hasattr(content, "head"):
                self._read[("head", key)] = content.head()
                del self._read[key]
        arrow = sys.modules.get("pyarrow")
        if arrow is not None:
            arrow.default_memory_pool().release_unused()

    def __reduce__(self) -> tuple[type[Kept], tuple[()]]:
        return Kept, ()


def open_source(data: object) -> Source:
    """Recognise where ``data`` comes from; only pipes are read, which can be done once, and addresses.

    Args:
        data: a path, an address, ``-`` for standard input, ``"sklearn:NAME"``, a DataFrame, a Series (a
            table of one column), a numpy array, ``(inputs, targets)``, or an object of another library that
            ``automl.data.objects`` knows.

    Raises:
        DataError: there is no such file, or nothing here can read it.
    """
    if isinstance(data, Source):
        return data
    if isinstance(data, str) and data.startswith("sklearn:"):
        return _bundled(data.removeprefix("sklearn:"))
    if isinstance(data, str) and is_address(data):
        return _fetched(data)
    if isinstance(data, str) and data == STDIN and not Path(STDIN).exists():
        return _file(Path("/dev/stdin"))
    if isinstance(data, str | Path):
        return _file(Path(data))
    brought = _brought(data)
    if brought is not None:
        return brought
    if isinstance(data, tuple) or type(data).__module__.startswith("numpy"):
        _refuse_no_pair(data)
        return Source(kind="arrays", name="arrays", content=data)
    if hasattr(data, "columns"):
        return Source(kind="frame", name="frame", content=data)
    if type(data).__module__.startswith("pandas") and hasattr(data, "to_frame"):
        name = getattr(data, "name", None)
        return Source(
            kind="frame", name="frame", content=data.to_frame(NAMELESS_SERIES if name is None else name)
        )
    raise DataError(
        "Expected a path, an address, 'sklearn:NAME', a DataFrame, an Arrow table, a data set of Hugging "
        f"Face or tf.data, or arrays, got {type(data).__name__}."
    )


def refuse_pipe(data: object, why: str) -> None:
    """Raise DataError when ``data`` names a pipe or a device, whose content is gone once it was read."""
    if is_address(data):
        return
    if isinstance(data, str | Path) and (str(data) == STDIN or _is_stream(Path(data))):
        raise DataError(
            f"{data} is a pipe, which can be read only once, and {why}. Write it to a file first."
        )


def digest(source: Source) -> str:
    """Return a fingerprint of the content: 16 hexadecimal digits of SHA-256.

    Of a folder the names and sizes of its files are taken, of anything else names, shapes and values, those
    of examples in memory that validate too.
    """
    hasher = hashlib.sha256()
    for block in _blocks(source):
        hasher.update(block)
    if source.validation is not None:
        hasher.update(digest(source.validation).encode())
    return hasher.hexdigest()[:16]


def _refuse_no_pair(data: Any) -> None:
    """Raise DataError when a tuple is no pair of inputs and targets, each of a kind that is read."""
    if not isinstance(data, tuple):
        return
    if len(data) != 2:
        weights = " Weights of rows are a column of a frame: weight_column=NAME." if len(data) == 3 else ""
        raise DataError(f"Expected a pair (inputs, targets), got a tuple of {len(data)}.{weights}")
    inputs, targets = data
    if isinstance(inputs, Mapping):
        raise DataError(
            "Expected inputs as an array or a frame, got a mapping: pandas.DataFrame(inputs) makes a frame "
            "of its columns."
        )
    if isinstance(targets, str):
        raise DataError(
            f"Expected targets as an array, got {targets!r}: the column of a frame is named by "
            f"target={targets!r}."
        )


def _fetched(address: str) -> Source:
    from automl.data.remote.fetching import fetch

    copy = fetch(address)
    return replace(_file(copy.path), notes=(copy.told,) if copy.told else ())


def _brought(data: object) -> Source | None:
    """An object of another library as frames or arrays; None for others."""
    from automl.data.objects.taken import taken

    found = taken(data)
    if found is None:
        return None
    kind: SourceKind = "frame" if hasattr(found.content, "columns") else "arrays"
    validation = found.validation
    return Source(
        kind=kind,
        name=found.name,
        content=found.content,
        notes=found.notes,
        validation=None if validation is None else Source(kind=kind, name="validation", content=validation),
        parts=found.parts,
    )


def with_validation(data: object, validation: object) -> Source:
    """Return data in memory with the examples in memory that validate.

    Raises:
        DataError: one of them is a file, holds several parts, or nothing here can read it.
    """
    source, own = open_source(data), open_source(validation)
    for each in (source, own):
        refuse_parts(each)
        if not each.in_memory:
            raise DataError(
                "validation: expected data and validation data both in memory, or paths of both."
            )
    return replace(source, validation=replace(own, name="validation"))


def refuse_parts(source: Source) -> None:
    """Raise DataError when a source is one of several parts, where it is to be all of the data."""
    if source.parts:
        names = ", ".join(source.parts)
        raise DataError(f"The data has the splits {names}: give one, such as data[{source.parts[-1]!r}].")


def _bundled(name: str) -> Source:
    if name not in BUNDLED:
        raise DataError(f"scikit-learn bundles no data set {name!r}. {suggest(name, BUNDLED)}")
    return Source(kind="sklearn", name=name)


def _file(path: Path) -> Source:
    if not path.exists():
        raise DataError(f"No such file or folder: {path}. {_neighbours(path)}".rstrip())
    if _is_stream(path):
        return Source(kind="table", name=path.name, path=path, content=_whole(path))
    name = _name(path.resolve())
    kinds: dict[str, SourceKind] = {
        ".parquet": "parquet",
        ".npz": "npz",
        ".ts": "ts",
        **dict.fromkeys(LINES_OF_JSON, "jsonl"),
    }
    if path.is_dir():
        return Source(kind="folder", name=name, path=path)
    suffixes = [item.lower() for item in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes = suffixes[:-1]
    return Source(kind=kinds.get(suffixes[-1] if suffixes else "", "table"), name=name, path=path)


def _is_stream(path: Path) -> bool:
    return path.is_fifo() or path.is_char_device() or path.is_socket()


def _whole(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"Cannot read {path}: {error.strerror or error}.") from error


def _name(path: Path) -> str:
    """The file's name without suffixes; with its folder's where it says nothing alone."""
    stem = path.name.split(".")[0] or "data"
    return f"{path.parent.name}-{stem}" if stem.lower() in GENERIC_NAMES and path.parent.name else stem


def _neighbours(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"The folder {folder} does not exist either."
    return suggest(path.name, sorted(item.name for item in folder.iterdir())[:200])


def _blocks(source: Source) -> Iterator[bytes]:
    if source.path is not None and source.path.is_dir():
        for file in source.files:
            yield f"{file.relative_to(source.path)}:{file.stat().st_size};".encode()
    elif source.path is not None and source.content is None:
        with source.path.open("rb") as stream:
            yield from iter(lambda: stream.read(1 << 20), b"")
    elif source.kind == "sklearn":
        yield source.name.encode()
    elif isinstance(source.content, bytes):
        yield source.content
    else:
        parts = source.content if isinstance(source.content, tuple) else (source.content,)
        for part in parts:
            yield from _frame_blocks(part) if hasattr(part, "columns") else _array_blocks(part)


def _frame_blocks(content: Any) -> Iterator[bytes]:
    import pandas as pd

    frame = content if isinstance(content, pd.DataFrame) else content.to_pandas()
    yield repr([str(name) for name in frame.columns]).encode()
    yield pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy().tobytes()


def _array_blocks(content: Any) -> Iterator[bytes]:
    import numpy as np

    array = np.asarray(content)
    yield f"{array.shape}{array.dtype}".encode()
    # Bytes of an object array are addresses, which differ from run to run.
    yield repr(array.tolist()).encode() if array.dtype == object else np.ascontiguousarray(array).tobytes()
