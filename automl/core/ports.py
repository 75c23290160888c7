"""Ports of this machine that a web server may listen on."""

from __future__ import annotations

import socket

from automl.core.errors import ConfigError

PORTS_TRIED = 20


def free_port(host: str, first: int) -> int:
    """Return the first free port from ``first`` on.

    Args:
        host: address to listen on.
        first: port to try first; at most twenty are tried.

    Raises:
        ConfigError: none of them is free.
    """
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise ConfigError(f"No free port on {host} from {first} on. Choose another with --port.")


def address_of(host: str, port: int) -> str:
    """Return the address under which this machine's browser finds a server."""
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '') else host}:{port}"  # noqa: S104
