"""A worker process of the pool.

Started by ``automl.execution.pool`` as ``python -m automl.execution.worker FD`` with one end of a socket
pair, which nobody else can reach. The first message is pickled, by the coordinator, which is this process'
own parent; all others are JSON.
"""

from __future__ import annotations

import faulthandler
import json
import os
import queue
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from automl.core.children import take_line
from automl.execution.executor import Message, Runner, Work
from automl.execution.serving import serve


def main(descriptor: int) -> None:
    """Work until the coordinator says to quit, or is gone."""
    connection = take_line(descriptor)
    faulthandler.enable()
    opening: dict[str, Any] = connection.recv()
    sys.path[:] = opening["path"]
    if opening["cores"]:
        os.sched_setaffinity(0, opening["cores"])
    wire = SocketWire(connection)
    for name in opening["warm"]:
        import_module(name)

    def opened(command: Mapping[str, Any]) -> Runner:
        options = {**opening["options"], **command["options"]}
        return Work(place=command["place"], options=options).open()

    serve(wire, opened)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # without waiting for threads of libraries


class SocketWire:
    """Implements ``Wire``: commands are heard at any time; the coordinator's end is this process' end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._stops: dict[str, str] = {}
        self._commands: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, message: Message) -> None:
        """Send a message."""
        text = json.dumps(message).encode()
        with self._sending:
            try:
                self._connection.send_bytes(text)
            except OSError:
                os._exit(1)

    def command(self) -> dict[str, Any]:
        """Return the next command."""
        return self._commands.get()

    def stop_of(self, lease: str) -> str:
        """Return why a lease is to end, or empty."""
        return self._stops.get(lease, "")

    def _listen(self) -> None:
        while True:
            try:
                message = json.loads(self._connection.recv_bytes())
            except (EOFError, OSError):
                os._exit(1)
            if message["do"] == "stop":
                self._stops[message["lease"]] = message["reason"]
            else:
                self._commands.put(message)


if __name__ == "__main__":
    main(int(sys.argv[1]))
