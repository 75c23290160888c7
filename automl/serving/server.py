"""The process of a server: its socket, how long it waits for clients, and a clean end."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from automl.core.children import ENDINGS
from automl.core.errors import ConfigError

STOP_SECONDS = 10
"""That requests under way get to be answered when the server is stopped."""


HEAD_SECONDS = 30
"""That a connection is kept open without a request; the address and the headers are one."""


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that has its address.

    Args:
        host: address, or a name of this machine.
        port: 0 for any that is free.

    Raises:
        ConfigError: nothing can listen there, such as on a port that is taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise ConfigError(f"--host {host}: no address of this machine ({error.strerror}).") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)  # it listens once the model answers
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"Cannot listen on {host}, port {port}: {reason}. Choose another with --port."
        ) from None
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the address of a socket for a browser: ``http://127.0.0.1:8000``."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Telling(uvicorn.Server):
    """Uvicorn's server; says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen; see uvicorn."""
        await super().startup(sockets=sockets)
        self._ready()


class Patience(H11Protocol):
    """Uvicorn's connection; ends where nothing is asked for long, as each one that is open holds a file."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait; see uvicorn."""
        super().connection_made(transport)
        self._wait_for_more_than(self.cycle)

    def on_response_complete(self) -> None:
        """Begin to wait again; see uvicorn, which stops waiting at the first byte."""
        answered = self.cycle
        super().on_response_complete()
        self._wait_for_more_than(answered)

    def _wait_for_more_than(self, last: RequestResponseCycle | None) -> None:
        self.loop.call_later(HEAD_SECONDS, self._end_unless_asked, last)

    def _end_unless_asked(self, last: RequestResponseCycle | None) -> None:
        if self.cycle is last and not self.transport.is_closing():
            self.transport.close()


def serve(application: ASGIApp, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until Ctrl-C or SIGTERM; those under way are answered first.

    Args:
        application: what answers.
        listener: of ``bound``.
        ready: called when the next request will be answered.
    """
    _allow_many_files()
    config = uvicorn.Config(
        application,
        http=Patience,
        loop="asyncio",
        lifespan="off",
        # no line per request: addresses and headers are nobody's business
        access_log=False,
        # faults alone: anyone can send what is no request, as often as they like
        log_level="error",
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    # ended from outside as by Ctrl-C; the server raises the signal again when all is answered
    before = {number: signal.signal(number, signal.default_int_handler) for number in ENDINGS}
    try:
        with suppress(KeyboardInterrupt):
            _Telling(config, ready).run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        listener.close()


def _allow_many_files() -> None:
    """Allow as many open connections as the system does; shells usually allow 1,024 files."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
