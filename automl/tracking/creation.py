"""Creates a new SQLite store atomically: MLflow creates its tables in many steps, and if that is
interrupted, no MLflow can use the database any more.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow import MlflowClient

from automl.core.files import DRAFT, draft_of, sync_file, sync_folder, writing
from automl.tracking.location import SQLITE, on_shared_disk, prepare, settle, sqlite_path
from automl.tracking.schema import mark_as_ours

STALE_SECONDS = 600.0
"""A draft of this age is nobody's any more."""


def create(uri: str) -> None:
    """Make the database of a SQLite store that is not there yet; another process may do so at once.

    Args:
        uri: absolute tracking URI; of other stores nothing is made.
    """
    if not uri.startswith("sqlite") or (path := sqlite_path(uri)).exists():
        return
    _remove_stale(path)
    draft = draft_of(path)
    try:
        with TemporaryDirectory(prefix="automl-", ignore_cleanup_errors=True) as place, writing(path):
            shutil.copyfile(_made_in(Path(place)), draft)
            _settle_form(draft, "DELETE" if on_shared_disk(path) else "WAL")
            sync_file(draft)
            _put_in_free_place(draft, path)
            sync_folder(path.parent)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _made_in(place: Path) -> Path:
    """Let MLflow make a database. Its connections stay open, so the file itself is never put in a place:
    SQLite tells files apart by their inodes.
    """
    uri = f"{SQLITE}{place / 'new.db'}"
    prepare(uri)
    MlflowClient(tracking_uri=uri, registry_uri=uri).search_experiments(max_results=1)
    settle(uri)
    return place / "new.db"


def _settle_form(path: Path, mode: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        mark_as_ours(database)
        database.execute(f"PRAGMA journal_mode={mode}")


def _put_in_free_place(draft: Path, path: Path) -> None:
    """Give a file its name unless another process was quicker."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            draft.replace(path)


def _remove_stale(path: Path) -> None:
    for left in path.parent.glob(f"{DRAFT}*-{path.name}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                left.unlink()
