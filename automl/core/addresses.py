"""Addresses as users give them: references to the environment filled in, passwords of any characters."""

from __future__ import annotations

import os
import re
from urllib.parse import quote, unquote

from automl.core.errors import ConfigError
from automl.core.secrets import HIDDEN, REFERENCE, parse_address, remember, shown

WHOLE = "env:"
"""Before the name of an environment variable that holds a whole address."""

_HALF = re.compile(r"(?i)(?!file:)[a-z][\w+.-]+:/(?!/)|[^/\\]*:[^/\\]*@")
"""How an address begins whose scheme or slashes are missing: ``mysql:/...``, ``me:secret@host/...``."""


def usable(text: str, option: str) -> str:
    """Return an address as libraries take it; its secrets are hidden in every message from now on.

    Args:
        text: an address, ``env:NAME`` or an address with ``${NAME}`` in it; anything else stays as it is.
        option: that gives it, for messages.

    Raises:
        ConfigError: the environment lacks a name, it is half an address, or one whose secret was not kept.
    """
    if HIDDEN in text:
        raise ConfigError(
            f"The password in {text} was not kept; give the address with {option}. One that names an "
            f"environment variable is kept: {option} env:NAME, or ${{NAME}} within it."
        )
    address = _filled(text, option)
    if _HALF.match(address.strip()) and not os.path.exists(address):
        # taken for a path it would become a file's name, in messages and job files, with its password
        raise ConfigError(f"{option}: expected SCHEME://... or a path, got an address without ://.")
    remember(address)
    return _quoted(address)


def kept(text: str) -> str:
    """Return what of an address may stand in a file: references, and no secrets."""
    return text if text.startswith(WHOLE) else shown(text)


def anchored(address: str) -> str:
    """Return an address as seen from any folder: paths and SQLite's files absolute, others unchanged."""
    if is_reference(address):
        return address
    if "://" not in address:
        return os.path.abspath(address)
    head, mark, path = address.strip().partition(":///")
    relative = mark and path and not path.startswith(("/", ":memory:", "file:", "?"))
    if not relative or head.lower().partition("+")[0] != "sqlite":
        return address
    name, question, query = path.partition("?")
    return f"{head}:///{os.path.abspath(name)}{question}{query}"


def is_reference(text: str) -> bool:
    """Whether the environment holds the address or a part of it."""
    return text.startswith(WHOLE) or REFERENCE.search(text) is not None


def _filled(text: str, option: str) -> str:
    def value(name: str) -> str:
        found = os.environ.get(name)
        if not found:
            raise ConfigError(f"{option} {shown(text)}: the environment has no {name}.")
        return found

    if text.startswith(WHOLE):
        return value(text.removeprefix(WHOLE))
    if match := REFERENCE.fullmatch(text.strip()):
        return value(match[1])
    return REFERENCE.sub(lambda match: quote(value(match[1]), safe=""), text)


def _quoted(address: str) -> str:
    """The address with the special characters of user and password encoded, as its grammar wants them."""
    parts = parse_address(address)
    if parts is None or not (parts.user or parts.password):
        return address
    named = [_encoded(item) for item in (parts.user, parts.password) if item is not None]
    return f"{parts.scheme}://{':'.join(named)}@{parts.rest}"


def _encoded(text: str) -> str:
    return quote(unquote(text), safe="")
