"""Where examples come from: a path or an object in memory, recognised before anything is read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from automl.core.errors import DataError, suggest

SourceKind: TypeAlias = Literal["table", "parquet", "folder", "npz", "ts", "frame", "arrays", "sklearn"]

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".data", ".tab")
BUNDLED = ("digits", "wine", "breast_cancer", "diabetes", "iris")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A place that examples are read from.

    Attributes:
        kind: ``table`` (delimited text, perhaps gzipped), ``parquet``, ``folder``, ``npz``, ``ts``,
            ``frame`` (pandas or polars DataFrame), ``arrays`` (numpy array, or a tuple of inputs and
            targets), ``sklearn`` (a data set bundled with scikit-learn).
        path: the file or folder, or None for objects in memory.
        content: the object in memory, or None.
        name: what messages and job folders call it.
    """

    kind: SourceKind
    name: str
    path: Path | None = None
    content: Any = None


def open_source(data: object) -> Source:
    """Recognise where ``data`` comes from; reads no content.

    Args:
        data: a path, ``"sklearn:NAME"``, a DataFrame, a numpy array, or ``(inputs, targets)``.

    Raises:
        DataError: there is no such file, or nothing here can read it.
    """
    if isinstance(data, Source):
        return data
    if isinstance(data, str) and data.startswith("sklearn:"):
        return _bundled(data.removeprefix("sklearn:"))
    if isinstance(data, str | Path):
        return _file(Path(data))
    if isinstance(data, tuple) or type(data).__module__.startswith("numpy"):
        return Source(kind="arrays", name="arrays", content=data)
    if hasattr(data, "columns"):
        return Source(kind="frame", name="frame", content=data)
    raise DataError(f"Expected a path, 'sklearn:NAME', a DataFrame or arrays, got {type(data).__name__}.")


def digest(source: Source) -> str:
    """Return a fingerprint of the content: 16 hexadecimal digits of SHA-256.

    Of a folder the names and sizes of its files are taken, of anything else the bytes.
    """
    hasher = hashlib.sha256()
    if source.path is not None and source.path.is_dir():
        for file in sorted(item for item in source.path.rglob("*") if item.is_file()):
            hasher.update(f"{file.relative_to(source.path)}:{file.stat().st_size};".encode())
    elif source.path is not None:
        with source.path.open("rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                hasher.update(block)
    else:
        hasher.update(_memory_bytes(source))
    return hasher.hexdigest()[:16]


def _bundled(name: str) -> Source:
    if name not in BUNDLED:
        raise DataError(f"scikit-learn bundles no data set {name!r}. {suggest(name, BUNDLED)}")
    return Source(kind="sklearn", name=name)


def _file(path: Path) -> Source:
    if not path.exists():
        raise DataError(f"No such file or folder: {path}. {_neighbours(path)}".rstrip())
    name = path.resolve().name.split(".")[0] or "data"
    kinds: dict[str, SourceKind] = {".parquet": "parquet", ".npz": "npz", ".ts": "ts"}
    if path.is_dir():
        return Source(kind="folder", name=name, path=path)
    suffixes = [item.lower() for item in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes = suffixes[:-1]
    return Source(kind=kinds.get(suffixes[-1] if suffixes else "", "table"), name=name, path=path)


def _neighbours(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"The folder {folder} does not exist either."
    return suggest(path.name, sorted(item.name for item in folder.iterdir())[:200])


def _memory_bytes(source: Source) -> bytes:
    import numpy as np
    import pandas as pd

    content = source.content
    if source.kind == "sklearn":
        return source.name.encode()
    if source.kind == "frame":
        frame = content if isinstance(content, pd.DataFrame) else content.to_pandas()
        return pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()
    parts = content if isinstance(content, tuple) else (content,)
    return b"".join(
        np.ascontiguousarray(part)
        .astype("U" if np.asarray(part).dtype == object else np.asarray(part).dtype)
        .tobytes()
        for part in parts
    )
