"""The process of a server: its socket, and a clean end."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from automl.core.children import ENDINGS
from automl.core.errors import ConfigError

STOP_SECONDS = 10
"""That requests under way get to be answered when the server is stopped."""


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


def serve(application: ASGIApp, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until Ctrl-C or SIGTERM; those under way are answered first.

    Args:
        application: what answers.
        listener: of ``bound``.
        ready: called when the next request will be answered.
    """
    config = uvicorn.Config(
        application,
        http="h11",
        loop="asyncio",
        lifespan="off",
        # no line per request: addresses and headers are nobody's business
        access_log=False,
        log_level="warning",
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
