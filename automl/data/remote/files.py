"""Files and folders of stores that fsspec knows: S3, Google Cloud Storage, Azure and others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from automl.core.errors import AutomlError, DataError, MissingDependencyError
from automl.core.optional import require
from automl.data.remote.address import file_name, scheme_of
from automl.data.remote.remote import Remote, Told

AT_ONCE = 128
"""Files of a folder that are asked for together."""

_PACKAGES = {
    **dict.fromkeys(("s3", "s3a"), "'automl-keras[s3]'"),
    **dict.fromkeys(("gs", "gcs"), "'automl-keras[gcs]'"),
    **dict.fromkeys(("az", "abfs", "abfss"), "adlfs"),
    **dict.fromkeys(("sftp", "ssh"), "paramiko"),
    "hf": "huggingface_hub",
}
"""What to install for a scheme."""


@contextmanager
def open_files(address: str, shown: str) -> Iterator[Remote]:
    """Look at a file or folder of a store.

    Args:
        address: of it, ``SCHEME://...``; the store's library finds keys where it always does.
        shown: the same for messages.

    Raises:
        DataError: there is none, or it cannot be read.
        MissingDependencyError: the library of the store is not installed.
    """
    scheme = scheme_of(address)
    fsspec: Any = require("fsspec", extra="remote", purpose=f"to read {scheme}:// addresses")
    try:
        with _understood(shown):
            store, path = fsspec.core.url_to_fs(address)
    except ImportError as error:
        package = _PACKAGES.get(scheme)
        hint = f" Install it with: pip install {package}" if package else ""
        raise MissingDependencyError(
            f"{scheme}:// needs a package that is not installed ({error}).{hint}"
        ) from None
    with _understood(shown):
        facts = store.info(path)
        names = [part for part in str(path).split("/") if part]
        if facts["type"] == "directory":
            yield _folder(store, str(path), shown, file_name(*names[-1:]))
            return
    yield Remote(
        shown=shown,
        name=file_name(*names[-2:]),
        version=str(store.ukey(path)),
        size=facts.get("size"),
        write=partial(_write_file, store, str(path), shown),
    )


def _folder(store: Any, root: str, shown: str, name: Path) -> Remote:
    found: Mapping[str, Mapping[str, Any]] = store.find(root, detail=True)
    files = {path: _below(root, path, shown) for path, facts in found.items() if facts["type"] == "file"}
    if not files:
        raise DataError(f"{shown} is an empty folder.")
    # what is listed of a file differs from store to store, and changes with its content
    listed = repr(
        [(path, sorted((str(key), str(value)) for key, value in found[path].items())) for path in files]
    )
    return Remote(
        shown=shown,
        name=name,
        version=hashlib.sha256(listed.encode()).hexdigest(),
        size=sum(int(found[path].get("size") or 0) for path in files),
        write=partial(_write_folder, store, files, shown),
    )


def _below(root: str, path: str, shown: str) -> PurePosixPath:
    """The path of a file below its folder; a store may call its files anything, ``..`` too."""
    below = PurePosixPath(path.removeprefix(root).lstrip("/"))
    if below.is_absolute() or ".." in below.parts or not below.parts or "\\" in str(below):
        raise DataError(f"{shown} has a file with the name {path!r}, which cannot be copied. Rename it.")
    return below


def _write_file(store: Any, path: str, shown: str, target: Path, told: Told) -> None:
    with _understood(shown):
        store.get_file(path, str(target))
    told(target.stat().st_size)


def _write_folder(
    store: Any, files: Mapping[str, PurePosixPath], shown: str, target: Path, told: Told
) -> None:
    paths = list(files)
    for start in range(0, len(paths), AT_ONCE):
        some = paths[start : start + AT_ONCE]
        copies = [target / files[path] for path in some]
        for folder in {copy.parent for copy in copies}:
            folder.mkdir(parents=True, exist_ok=True)
        with _understood(shown):
            store.get(some, [str(copy) for copy in copies])
        told(sum(copy.stat().st_size for copy in copies))


@contextmanager
def _understood(shown: str) -> Iterator[None]:
    """Each store has errors of its own, of which the user needs the first line."""
    try:
        yield
    except (AutomlError, ImportError):
        raise
    except FileNotFoundError:
        raise DataError(f"No such file or folder: {shown}.") from None
    except Exception as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"Cannot read {shown}: {first}") from None
