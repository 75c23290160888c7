"""Who may ask: anyone on this machine, and whoever has the token from elsewhere."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from automl.core.errors import ConfigError

VARIABLE = "AUTOML_SERVE_TOKEN"
"""Of the environment, with the token: a command line can be read by everyone on the machine."""

LEAST_LETTERS = 16


@dataclass(frozen=True, kw_only=True)
class Access:
    """Decides on requests by their headers.

    Attributes:
        token: that they must bring, or None where those of this machine alone come through.
    """

    token: str | None = field(default=None, repr=False)

    def refusal(self, headers: Mapping[str, str]) -> str:
        """Return why a request is refused; empty where it is not.

        Without a token, a page of a stranger that the user's own browser shows could ask in its place under
        a name that leads to this machine; so only names of this machine will do.
        """
        if self.token is None:
            host = headers.get("host", "")
            return "" if is_own(_without_port(host)) else f"Expected a name of this machine, got {host!r}."
        given = _token_of(headers.get("authorization", ""))
        if hmac.compare_digest(given.encode(), self.token.encode()):
            return ""
        return "Expected the server's token: Authorization: Bearer TOKEN, or as the password of any user."


def access_for(host: str, file: str | None, *, terminal: bool) -> tuple[Access, str]:
    """Return who may ask, and a token that was made for it and is to be told; empty where none was.

    Args:
        host: address that the server listens on.
        file: with the token, or None for that of the environment, if there is one.
        terminal: whether a token that is made can be told to a person, and to no log.

    Raises:
        ConfigError: the token is too short, or there is none and one is needed.
    """
    token = _given(file)
    if token or is_own(host):
        return Access(token=token or None), ""
    if not terminal:
        raise ConfigError(
            f"To listen on {host}, where others can ask, needs a token: set {VARIABLE}, or name a file "
            "with one by --token-file. To make one: "
            'python -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    made = secrets.token_urlsafe(32)
    return Access(token=made), made


def is_own(host: str) -> bool:
    """Whether an address or a name is reached from this machine alone."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _given(file: str | None) -> str:
    if file is None:
        token, where = os.environ.get(VARIABLE, "").strip(), VARIABLE
    else:
        where = file
        try:
            token = Path(file).read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise ConfigError(f"Cannot read a token from {file}: {error}.") from None
    if (token or file is not None) and (len(token) < LEAST_LETTERS or not _is_plain(token)):
        raise ConfigError(
            f"{where}: expected a token of at least {LEAST_LETTERS} letters, digits or signs of ASCII "
            f"without blanks, got {len(token)} characters."
        )
    return token


def _is_plain(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdecimal() and (":" not in name or name.endswith("]")) else host


def _token_of(authorization: str) -> str:
    """What a request brings: a bearer's token, or the password that a browser asks its user for."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (ValueError, binascii.Error):
        return ""
