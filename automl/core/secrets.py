"""What must not be read by others: secrets in addresses, and in any text that quotes one.

SQLAlchemy's own grammar of addresses is not enough here: what is to be hidden is often just the address
that it cannot read, such as one with a bare ``@`` in its password.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

HIDDEN = "***"
REFERENCE = re.compile(r"\$\{(\w+)\}")
"""A part of an address that the environment holds: ``${NAME}``."""

_ADDRESS = re.compile(r"(?s)([A-Za-z][\w+.-]*)://(.*)")
_IN_TEXT = re.compile(r"[A-Za-z][\w+.-]*://[^\s'\"<>`]+")
_QUERY = re.compile(r"\?(?=[\w.%-]+=)")
_SETTING = re.compile(r"(?s)([?&;])([\w.%-]+)=((?:(?![&;][\w.%-]+=).)*)")
_SECRET_KEY = re.compile(r"(?i)pass|pwd|token|key|secret|sig|auth|credential|odbc_connect|dsn")
_TOKENS = ("http", "https")
"""Schemes in which what stands alone before the ``@`` is a token."""

_PLACES = ("sqlite", "file")
"""Schemes whose addresses are paths, after a third slash, in which an ``@`` means nothing."""

_VARIABLES = ("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN")
_SHORTEST = 4
"""A shorter secret would be found by chance within ordinary words; in addresses it is hidden, too."""

_known: set[str] = set()


@dataclass(frozen=True, kw_only=True)
class Address:
    """An address taken apart.

    Attributes:
        scheme: what stands before ``://``.
        user: the user's name, or a token where there is no password.
        password: as written, or None.
        rest: host, port, path and query.
    """

    scheme: str
    user: str
    password: str | None
    rest: str


def parse_address(text: str) -> Address | None:
    """Take an address apart, whatever characters its password is made of; None for a path.

    The last ``@`` before the query ends the password.
    """
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        return None
    scheme, rest = match[1].lower(), match[2]
    is_path = scheme.partition("+")[0] in _PLACES and rest.startswith(("/", "?"))
    at = -1 if is_path else _end_of_user(scheme, rest)
    if at < 0:
        return Address(scheme=scheme, user="", password=None, rest=rest)
    user, colon, password = rest[:at].partition(":")
    return Address(scheme=scheme, user=user, password=password if colon else None, rest=rest[at + 1 :])


def shown(address: str) -> str:
    """Return an address without user, password and secret settings; a ``${NAME}`` stays."""
    parts = parse_address(address)
    if parts is None:
        return address
    who = parts.user if parts.password is None else f"{parts.user}:{parts.password}"
    secret = parts.user if parts.password is None else parts.password
    user = f"{who if REFERENCE.fullmatch(secret) else HIDDEN}@" if who else ""
    return f"{parts.scheme}://{user}{_SETTING.sub(_setting, parts.rest)}"


def remember(address: str) -> None:
    """Have the secrets of an address hidden in every text from now on."""
    parts = parse_address(address)
    if parts is None:
        return
    # a user of a data base without a password is a plain name, perhaps a common word: "postgres"
    lone = parts.user if parts.scheme in _TOKENS else ""
    found = [lone if parts.password is None else parts.password]
    found += [match[3] for match in _SETTING.finditer(parts.rest) if _is_secret(match[2])]
    for secret in found:
        forms = (secret, unquote(secret), quote(unquote(secret), safe=""), quote(unquote(secret)))
        _known.update(form for form in forms if len(form) >= _SHORTEST)


def scrub(text: str) -> str:
    """Return a text, such as another library's message, without the secrets of addresses."""
    spoken = [os.environ.get(name, "") for name in _VARIABLES]
    known = {*_known, *(item for item in spoken if len(item) >= _SHORTEST)}
    for secret in sorted(known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _IN_TEXT.sub(lambda match: shown(match[0]), text)


def _end_of_user(scheme: str, rest: str) -> int:
    query = _QUERY.search(rest)
    body = rest[: query.start()] if query else rest
    head = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in head or not scheme.startswith("http"):
        at = body.rfind("@")
        # a password may itself look like a query
        return rest.rfind("@") if at < 0 and ":" in head and not _is_host(head) else at
    return -1 if _is_host(head) else rest.rfind("@")


def _is_host(text: str) -> bool:
    return re.fullmatch(r"[^:@]*(:\d*)?|\[[\da-fA-F:.]+\](:\d*)?", text) is not None


def _is_secret(key: str) -> bool:
    return _SECRET_KEY.search(unquote(key)) is not None


def _setting(match: re.Match[str]) -> str:
    mark, key, value = match.groups()
    hide = _is_secret(key) and not REFERENCE.fullmatch(value)
    return f"{mark}{key}={HIDDEN if hide else value}"
