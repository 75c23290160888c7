"""Where runs are kept: tracking URIs made absolute, checked and shown without secrets. No framework."""

from __future__ import annotations

import os
import re
import sqlite3
import urllib.error
import urllib.request
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil

from automl.core.addresses import usable
from automl.core.errors import ConfigError
from automl.core.secrets import parse_address, shown

SQLITE = "sqlite:///"
DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
ANSWER_SECONDS = 5.0
FAILURES = 500
"""Codes of HTTP from here on say that a server failed."""

SHARED_DISKS = re.compile(r"nfs|cifs|smb|9p|virtiofs|fuse|lustre|gluster|ceph|beegfs|gpfs|afs")
"""File systems that several machines may see."""


def default_tracking_uri() -> str:
    """Return ``MLFLOW_TRACKING_URI``, else the database ``mlflow.db`` of the working directory.

    A folder ``./mlruns`` of older MLflow versions is not looked at: MLflow 3.17 refuses to write there.
    """
    return os.environ.get("MLFLOW_TRACKING_URI") or f"{SQLITE}{Path.cwd() / 'mlflow.db'}"


def resolve(uri: str | None) -> str:
    """Return the absolute tracking URI of what the user gave (``None``: the default).

    Raises:
        ConfigError: MLflow cannot keep runs there.
    """
    chosen = usable((uri or default_tracking_uri()).strip(), "--tracking-uri")
    if is_server(chosen) or chosen.startswith("databricks"):
        return chosen.rstrip("/")
    scheme = chosen.partition(":")[0].partition("+")[0] if "://" in chosen else "file"
    if scheme == "sqlite":
        return _absolute_sqlite(chosen)
    if scheme == "file":
        return _file_store(chosen)
    if scheme not in DATABASES:
        raise ConfigError(
            f"MLflow keeps no runs at {shown(chosen)!r}. Expected sqlite:///FILE, http(s)://HOST:PORT, "
            "postgresql://, mysql:// or mssql://."
        )
    return chosen


def is_server(uri: str) -> bool:
    """Whether the URI names a tracking server, to be reached over HTTP."""
    return uri.startswith(("http://", "https://"))


def check_answer(uri: str) -> None:
    """Raise ConfigError unless something answers HTTP at ``uri``; any answer will do but a failure.

    What stands before a server asks for a password, or knows no page of this name, and serves all the same.
    """
    parts = parse_address(uri)
    # urllib takes a user and a password for a part of the host's name
    open_to_all = uri if parts is None else f"{parts.scheme}://{parts.rest}"
    try:
        with urllib.request.urlopen(f"{open_to_all.rstrip('/')}/health", timeout=ANSWER_SECONDS):  # noqa: S310
            return
    except urllib.error.HTTPError as error:
        if error.code < FAILURES:
            return
        raise ConfigError(
            f"The MLflow server at {shown(uri)} answers {error.code} {error.reason}: it, or what it stands "
            "behind, is out of order. Mend it, name another store with --tracking-uri, or search with "
            "--no-tracking."
        ) from error
    except (OSError, ValueError, HTTPException) as error:
        if "certificate" in str(error).lower():
            return
        raise ConfigError(
            f"No MLflow server answers at {shown(uri)} ({getattr(error, 'reason', error)}). "
            "Start it, name another store with --tracking-uri, or search with --no-tracking."
        ) from error


def artifact_root(uri: str) -> str | None:
    """Return the ``file:`` URI below which artifacts of a local store are kept.

    ``mlartifacts`` beside a SQLite database, else in the working directory; ``None`` for a server, which
    decides itself.
    """
    if is_server(uri) or uri.startswith(("databricks", "file:")):
        return None
    base = sqlite_path(uri).parent if uri.startswith("sqlite") else Path.cwd()
    return (base / "mlartifacts").as_uri()


def sqlite_path(uri: str) -> Path:
    """Return the database file of an absolute SQLite URI."""
    return Path(uri.partition(":///")[2].partition("?")[0])


def prepare(uri: str) -> None:
    """Give a SQLite database that does not exist yet a write-ahead log, on a disk of this machine.

    With one, somebody who reads (the dashboard) and a search that writes do not wait for each other, and
    what is written is flushed once instead of three times. It does not work between machines.
    """
    if not uri.startswith("sqlite") or (path := sqlite_path(uri)).exists() or on_shared_disk(path):
        return
    # what is wrong with the file MLflow will say; another process may be creating it, too
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")


def settle(uri: str) -> None:
    """Bring what a write-ahead log holds into the database, so that its file alone can be copied."""
    if not uri.startswith("sqlite") or not Path(f"{sqlite_path(uri)}-wal").exists():
        return
    # somebody else may be writing, and settle it after that
    with suppress(sqlite3.Error), closing(sqlite3.connect(sqlite_path(uri))) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def on_shared_disk(path: Path) -> bool:
    """Whether a path lies on a file system that several machines may see."""
    around = (path, *path.parents)
    mounts = [item for item in psutil.disk_partitions(all=True) if Path(item.mountpoint) in around]
    nearest = max(mounts, key=lambda item: len(item.mountpoint), default=None)
    return nearest is not None and SHARED_DISKS.search(nearest.fstype.lower()) is not None


def _absolute_sqlite(uri: str) -> str:
    head, _, path = uri.partition(":///")
    if not path or path.startswith(":memory:"):
        raise ConfigError(
            f"Expected a database file, such as sqlite:///mlflow.db, got {uri!r}. "
            "To search without MLflow use --no-tracking."
        )
    name, mark, query = path.partition("?")
    file = Path(os.path.abspath(name))
    if not file.parent.is_dir():
        raise ConfigError(
            f"The folder of the tracking database does not exist: {file.parent}. Create it first."
        )
    writable = os.access(file if file.exists() else file.parent, os.W_OK)
    if not writable or file.is_dir():
        raise ConfigError(
            f"The tracking database cannot be written: {file}. Name another with --tracking-uri."
        )
    return f"{head}:///{file}{mark}{query}"


def _file_store(uri: str) -> str:
    path = Path(unquote(urlsplit(uri).path) if uri.startswith("file:") else uri).absolute()
    if os.environ.get("MLFLOW_ALLOW_FILE_STORE", "").lower() in ("true", "1"):
        return path.as_uri()
    database = path.parent / "mlflow.db"
    raise ConfigError(
        f"{path} is a folder of runs, which this MLflow no longer writes. Use a database instead: "
        f"--tracking-uri {SQLITE}{database} (old runs: 'mlflow migrate-filestore'), "
        "or set MLFLOW_ALLOW_FILE_STORE=true."
    )
