"""Whether a store of runs is usable, found out within seconds. No framework.

MLflow itself retries for minutes and then shows its database driver's message.
"""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import TypeVar
from urllib.parse import urlsplit

from automl.core.errors import ConfigError
from automl.core.secrets import shown
from automl.tracking.location import ANSWER_SECONDS, check_answer, is_server, resolve, sqlite_path
from automl.tracking.schema import check_schema
from automl.tracking.store import GoneError

Answer = TypeVar("Answer")

ATTEMPTS = 3
"""Processes that may die of one question in a row."""

_PORTS = {"postgresql": 5432, "mysql": 3306, "mssql": 1433}
_OTHERWISE = "name another store with --tracking-uri, or search with --no-tracking."


def check_store(uri: str | None) -> None:
    """Raise ConfigError when a store cannot be worked with; tables of our own are brought up to date.

    Args:
        uri: tracking URI; None for the default.
    """
    check_reachable(uri)
    check_schema(resolve(uri))


def check_reachable(uri: str | None) -> None:
    """Raise ConfigError when a store does not answer, or is locked by another program; changes nothing.

    Args:
        uri: tracking URI; None for the default.
    """
    store = resolve(uri)
    if store.startswith("http") and not _names_host(store):
        raise ConfigError(f"{shown(store)} names no server. Expected http(s)://HOST:PORT, or {_OTHERWISE}")
    if is_server(store):
        check_answer(store)
    elif store.startswith("sqlite"):
        _check_lock(store)
    elif "://" in store:
        _check_port(store)


def insist(ask: Callable[[], Answer]) -> Answer:
    """Ask a store; again when the process that speaks to it died meanwhile.

    Raises:
        Exception: what the store raised, or ``GoneError`` when a few processes in a row have died.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return ask()
        except GoneError:
            continue
    return ask()


def _names_host(uri: str) -> bool:
    try:
        return bool(urlsplit(uri).hostname)
    except ValueError:  # brackets of an IPv6 address that do not fit
        return False


def _check_lock(uri: str) -> None:
    path = sqlite_path(uri)
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=ANSWER_SECONDS)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) and "busy" not in str(error):
            raise ConfigError(
                f"The tracking database {path} cannot be written: {error}. Repair it, {_OTHERWISE}"
            ) from error
        raise ConfigError(
            f"The tracking database {path} is locked by another program. Close that, {_OTHERWISE}"
        ) from error
    except sqlite3.DatabaseError as error:
        raise ConfigError(
            f"The tracking database {path} is damaged, or no SQLite database: {error}. "
            f"Remove it, {_OTHERWISE}"
        ) from error


def _check_port(uri: str) -> None:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(uri)
    except (ArgumentError, ValueError):
        raise ConfigError(f"{shown(uri)} is not a database address. Write it again, {_OTHERWISE}") from None
    port = url.port or _PORTS.get(url.get_backend_name())
    if url.host is None or port is None:
        return  # a socket file, or a driver with rules of its own
    try:
        socket.create_connection((url.host, port), timeout=ANSWER_SECONDS).close()
    except (OSError, UnicodeError) as error:
        raise ConfigError(
            f"The tracking database at {url.host}:{port} does not answer ({error}). Start it, {_OTHERWISE}"
        ) from error
