"""The schema of a store, which differs between versions of MLflow.

MLflow 3.18 upgrades an older database merely by opening it, and no earlier MLflow can read it after that.
Here this is done only to a database that this package has created, and after copying it.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock

from automl.core.databases import connecting
from automl.core.errors import ConfigError
from automl.core.secrets import scrub, shown
from automl.tracking.location import is_server, settle, sqlite_path

OURS = int.from_bytes(b"auML")
"""SQLite's ``application_id`` of the databases that this package has made."""


_FACT = re.compile(r"""^(revision|down_revision)\b[^=\n]*= *["'](\w+)["']""", re.MULTILINE)
"""What a script of Alembic says of itself: its version, and the one before."""


class SilentError(ConfigError):
    """A data base does not answer now; it may later."""


def mark_as_ours(database: sqlite3.Connection) -> None:
    """Write into a new database who made it."""
    database.execute(f"PRAGMA application_id={OURS}")


def check_schema(uri: str) -> None:
    """Raise ConfigError unless the MLflow that is installed reads a store as it is.

    A database of our own making is brought up to date. One without MLflow's tables is new.

    Args:
        uri: absolute tracking URI; a server looks after its own store.
    """
    if is_server(uri) or "://" not in uri or uri.startswith(("file:", "databricks")):
        return
    found = _revision(uri)
    if not found or found == (known := _revisions())[0]:
        return
    if found not in known:
        raise ConfigError(
            f"The tables of {shown(uri)} were made by a newer MLflow than {_version()}, or by another "
            f"program (their version is {found}). Update MLflow, or name another store with "
            "--tracking-uri."
        )
    if _made_here(uri):
        _bring_up_to_date(uri, found)
        return
    raise ConfigError(
        f"The tables of {shown(uri)} were made by an older MLflow than {_version()} and are left "
        "unchanged: once upgraded, no older MLflow can read them. Copy the database and run `mlflow db "
        f"upgrade {shown(uri)}`, or name another store with --tracking-uri, or search with --no-tracking."
    )


def _revision(uri: str) -> str:
    """The version of a store's tables; empty where there are none of MLflow's."""
    if uri.startswith("sqlite"):
        return _revision_of_file(sqlite_path(uri))
    from sqlalchemy import create_engine, inspect, text
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.pool import NullPool

    engine = create_engine(uri, poolclass=NullPool, connect_args=connecting(uri))
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return ""
            row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    except OperationalError as error:
        raise SilentError(
            f"MLflow cannot work with {shown(uri)}: {scrub(str(error.orig).strip()[:300])}. Name another "
            "store with --tracking-uri, or search with --no-tracking."
        ) from None  # the error's own words may hold the address
    return "" if row is None else str(row[0])


def _revision_of_file(path: Path) -> str:
    if not path.exists():
        return ""
    try:
        with closing(sqlite3.connect(path)) as database:
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:  # no such table; what else is wrong is told where the store is used
        return ""
    return "" if row is None else str(row[0])


def _revisions() -> list[str]:
    """Versions that the installed MLflow knows, its own first.

    They are read from its scripts as texts: Alembic would run them, and importing what they import takes
    2 s of a search that has not begun.
    """
    found = find_spec("mlflow")
    places = [] if found is None else list(found.submodule_search_locations or ())
    scripts = Path(places[0], "store", "db_migrations", "versions").glob("*.py")
    facts = [dict(_FACT.findall(script.read_text(encoding="utf-8"))) for script in scripts]
    earlier = {fact["revision"]: fact.get("down_revision", "") for fact in facts if "revision" in fact}
    newest = [revision for revision in earlier if revision not in earlier.values()]
    return [*newest, *(revision for revision in earlier if revision not in newest)]


def _made_here(uri: str) -> bool:
    if not uri.startswith("sqlite"):
        return False
    with closing(sqlite3.connect(sqlite_path(uri))) as database:
        return bool(database.execute("PRAGMA application_id").fetchone()[0] == OURS)


def _bring_up_to_date(uri: str, found: str) -> None:
    path = sqlite_path(uri)
    lock = Path(f"{path}.upgrade")
    with FileLock(lock):
        if _revision(uri) != found:
            return  # another process was quicker
        settle(uri)
        shutil.copyfile(path, path.with_name(f"{path.name}.{found}"))
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "mlflow", "db", "upgrade", uri],
            capture_output=True,
            text=True,
            check=False,
        )
    lock.unlink(missing_ok=True)
    if done.returncode:
        last = scrub(done.stderr.strip().splitlines()[-1]) if done.stderr.strip() else "no reason was given"
        raise ConfigError(
            f"{path} could not be upgraded for MLflow {_version()}: {last}. The original is "
            f"in {path.name}.{found} beside it."
        )


def _version() -> str:
    return metadata.version("mlflow")
