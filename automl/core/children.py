"""Processes that run modules of this package, connected by a socket pair that nobody else can reach."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import IO


def start_module(
    module: str,
    *,
    output: int | IO[bytes],
    errors: IO[bytes] | None,
    environment: Mapping[str, str],
    mark: str = "",
) -> tuple[subprocess.Popen[bytes], Connection]:
    """Start ``python -m module FD`` and return it with this end of the line.

    Args:
        module: its ``main`` is given the number of its end, which it takes by ``take_line``.
        output: where its standard output goes.
        errors: where its standard error goes, None for this process' own.
        environment: variables that it gets beside those of this process.
        mark: stands on its command line, by which it is known again.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(theirs.fileno()), *([mark] if mark else [])],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        )
    return process, Connection(ours.detach())


ENDINGS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a process to end: of a batch system or `kill`, and of a terminal that is gone."""


def take_line(descriptor: int) -> Connection:
    """Return the line to the process that started this one; from here on it alone says when to end."""
    for number in (signal.SIGINT, *ENDINGS):
        # terminals and batch systems send them to the whole group
        signal.signal(number, signal.SIG_IGN)
    os.set_inheritable(descriptor, False)
    return Connection(descriptor)
