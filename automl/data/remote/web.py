"""Single files of the web: what a server gives for an ``http(s)`` address, redirects of these two only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import requests

from automl._version import __version__
from automl.core.errors import DataError
from automl.data.remote.address import WEB, file_name
from automl.data.remote.remote import Remote, Told

CONNECT_SECONDS, READ_SECONDS = 10, 60
"""How long a server is waited for, at first and between two parts of its answer."""

MOST_REDIRECTS = 5

_BLOCK = 1 << 20
# as it is: a length that is told then is that of what comes
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": f"automl-keras/{__version__}"}


@contextmanager
def open_web(address: str, shown: str) -> Iterator[Remote]:
    """Ask for a file; it comes while the block writes it.

    Args:
        address: of the file; a user and password in it are sent, to this server only.
        shown: the same for messages.

    Raises:
        DataError: no server answers, or it has no such file.
    """
    with requests.Session() as session, _answering(shown):
        session.max_redirects = MOST_REDIRECTS
        session.hooks["response"] = _refuse_other_places
        with session.get(
            address, stream=True, headers=_HEADERS, timeout=(CONNECT_SECONDS, READ_SECONDS)
        ) as response:
            if response.status_code != requests.codes.ok:
                raise DataError(
                    f"{shown} answered {response.status_code} {response.reason}. Expected a file: is the "
                    "address right, and may you read it?"
                )
            length = response.headers.get("Content-Length", "")
            size = int(length) if length.isdigit() and not _is_coded(response) else None
            yield Remote(
                shown=shown,
                name=_name(address, response),
                version=_version(response),
                size=size,
                write=partial(_write, response, size, shown),
            )


def _refuse_other_places(response: requests.Response, **settings: object) -> None:
    """Follow redirects within the web alone, and none from an encrypted address to one that is not."""
    if not response.is_redirect:
        return
    target = urljoin(response.url, response.headers["Location"])
    before, after = urlsplit(response.url).scheme, urlsplit(target).scheme
    if after not in WEB or (before, after) == ("https", "http"):
        raise DataError(
            f"{response.url} redirects to {target}: only http and https are followed, and no step from "
            "https to http. Give the address of the file itself."
        )


@contextmanager
def _answering(shown: str) -> Iterator[None]:
    try:
        yield
    except requests.RequestException as error:
        raise DataError(f"Cannot fetch {shown}: {_reason(error)}. Is the address right?") from None


def _reason(error: requests.RequestException) -> str:
    """What the system said, where the library tells it within the names of its own classes."""
    said: list[str] = re.findall(r"\[Errno [^'\")]+", str(error))
    return said[-1] if said else str(error).rstrip(".")


def _write(response: requests.Response, size: int | None, shown: str, target: Path, told: Told) -> None:
    come = 0
    with _answering(shown), target.open("xb") as stream:
        for block in response.iter_content(_BLOCK):
            stream.write(block)
            come += len(block)
            told(len(block))
    if size is not None and come != size:
        raise DataError(f"{shown} broke off: {come:,} of {size:,} bytes came. Try again.")


def _is_coded(response: requests.Response) -> bool:
    return bool(response.headers.get("Content-Encoding"))


def _version(response: requests.Response) -> str:
    told = [response.headers.get(name, "") for name in ("ETag", "Last-Modified")]
    return "|".join([*told, response.headers.get("Content-Length", "")]) if any(told) else ""


def _name(address: str, response: requests.Response) -> Path:
    """By the address; by what the server calls the file where its end tells no kind."""
    parts = urlsplit(address)
    names = [unquote(part) for part in parts.path.split("/") if part]
    if not names or not Path(names[-1]).suffix:
        header = Message()
        header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
        given = header.get_filename()
        names += [Path(given.replace("\\", "/")).name] if given else []
    return file_name(*[parts.hostname or "", *names][-2:])
