"""From an address to a file or folder on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from automl.core.errors import DataError
from automl.core.phases import Phases
from automl.core.sizes import size_text
from automl.data.remote.address import DATABASES, WEB, kept_address, local_path, resolved, scheme_of


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What was at an address, on this machine.

    Attributes:
        path: of the file or folder.
        told: what the user should know; empty where there is nothing.
        passing: whether it is gone when this process ends, as rows of a query are: whoever wants them later
            copies the file.
    """

    path: Path
    told: str = ""
    passing: bool = False


def fetch(text: str, phases: Phases | None = None) -> Copy:
    """Copy what an address names; what was copied before and has not changed since is taken as it is.

    Args:
        text: the address, ``SCHEME://...``, perhaps with ``${NAME}`` in it, or ``env:NAME``.
        phases: is told how far it is, and gives it up at the deadline.

    Raises:
        DataError: nothing is there, it cannot be read, or is too large.
        MissingDependencyError: the library for such addresses is not installed.
        ConfigError: the environment lacks a variable.
    """
    phases = phases or Phases()
    address, shown = resolved(text), kept_address(text)
    scheme = scheme_of(address)
    if scheme == "file":
        return Copy(path=local_path(address))
    if scheme in DATABASES:
        return _rows(address, shown, phases)
    if scheme not in WEB and "query=" in address:
        known = ", ".join(DATABASES)
        raise DataError(f"{shown}: queries go to {known}. Write the rows of other databases to a file.")
    if scheme not in WEB and "::" in address:
        raise DataError(f"{shown}: expected one address, without '::'. Unpack archives first.")
    path, size = _copied(address, shown, phases, of_web=scheme in WEB)
    if size:
        return Copy(path=path, told=f"Fetched {shown} ({size_text(size)}) to {path}.")
    return Copy(path=path, told=f"{shown} has not changed since it was fetched to {path}.")


def _copied(address: str, shown: str, phases: Phases, *, of_web: bool) -> tuple[Path, int]:
    from automl.data.remote.store import copy_of

    if of_web:
        from automl.data.remote.web import open_web as opened
    else:
        from automl.data.remote.files import open_files as opened
    with opened(address, shown) as remote:
        return copy_of(remote, phases)


def _rows(address: str, shown: str, phases: Phases) -> Copy:
    from automl.data.remote.query import parse_query, read_query

    query = parse_query(address, shown)
    path, rows = read_query(query, phases)
    told = (
        f"Read {rows:,} rows ({size_text(path.stat().st_size)} as Parquet) by the query of {query.place}."
    )
    return Copy(path=path, told=told, passing=True)
