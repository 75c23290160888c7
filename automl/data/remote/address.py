"""Addresses that data may have, and what of them may be written down.

Standard library only: options are looked at before anything heavy is loaded.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from automl.core.addresses import WHOLE, anchored, is_reference, kept, usable
from automl.core.errors import DataError
from automl.core.secrets import HIDDEN, REFERENCE

WEB = ("http", "https")
"""Schemes of single files that are fetched as a browser does."""

DATABASES = ("sqlite", "postgresql", "mysql", "mariadb")
"""Schemes of databases, without the driver behind a ``+``."""

_WITHOUT_USERS = (
    *("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oci", "oss", "hf", "memory"),
    *("file", "gdrive", "dvc", "github"),
)
"""Schemes whose addresses hold no user, so that an ``@`` in them is a part of a name."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


def is_address(data: object) -> bool:
    """Whether data is named by an address, ``SCHEME://...``, or by a variable that holds one."""
    if not isinstance(data, str):
        return False
    if _SCHEME.match(data):
        return True
    named = data.startswith(WHOLE) or REFERENCE.fullmatch(data.strip()) is not None
    return named and not os.path.exists(data)


def scheme_of(address: str) -> str:
    """Return the scheme in lower case, without the driver of a database; empty where there is none."""
    match = _SCHEME.match(address)
    return match[1].lower().partition("+")[0] if match else ""


def resolved(text: str) -> str:
    """Return an address as it is used: variables filled in; its secrets are hidden in messages from now on.

    Raises:
        ConfigError: the environment lacks a variable.
        DataError: its secret was not kept.
    """
    if HIDDEN in text:
        raise DataError(
            f"The secret in {text} was not kept, and its copy is gone. Name it by a variable of the "
            "environment, such as https://${TOKEN}@host/data.csv, or the whole address, env:NAME."
        )
    plain = scheme_of(text) in _WITHOUT_USERS and not is_reference(text)
    return text if plain else usable(text, "DATA")


def kept_address(text: str) -> str:
    """Return what of an address stands in files and messages: no secrets, and SQLite's file absolute."""
    return text if scheme_of(text) in _WITHOUT_USERS else kept(anchored(text))


def local_path(address: str) -> Path:
    """Return the path of a ``file://`` address.

    Raises:
        DataError: it names another machine.
    """
    parts = urlsplit(address)
    if parts.netloc not in ("", "localhost"):
        raise DataError(f"{address} names a file of the machine {parts.netloc}; write file:///PATH.")
    return Path(unquote(parts.path))


def file_name(*names: str) -> Path:
    """Return a relative path, which can do no harm, for what is called so elsewhere.

    Args:
        names: the last two parts of the address, or one; the last is the file's.
    """
    safe = [re.sub(r"[^\w.-]+", "-", name).strip(".-")[-100:] for name in names]
    return Path(*[name for name in safe if name] or ["data"])
