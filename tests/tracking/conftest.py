"""A real MLflow server that tests may kill and start again on the same port."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# a shell without job control starts its background jobs deaf to Ctrl-C, and their children inherit it
PROGRAM = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from automl.tracking.dashboard import serve
say = lambda line: print(line, flush=True)
sys.exit(serve(sys.argv[1], port=int(sys.argv[2]), run=("7", "abc"), say=say))
"""


class RealServer:
    """MLflow's server on a database of its own, as ``automl dashboard`` runs it."""

    def __init__(self, folder: Path) -> None:
        self.store = f"sqlite:///{folder / 'mlflow.db'}"
        self.said: list[str] = []
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, port: int) -> None:
        command = [sys.executable, "-c", PROGRAM, self.store, str(port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.said = []
        while not self.said or not self.said[-1].startswith("Runs: "):
            line = self._process.stdout.readline()
            assert line, f"the dashboard ended with {self._process.wait()}"
            self.said.append(line.strip())
        self.port = int(self.said[-1].split(":")[3].partition("/")[0])

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(30)


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """The server, asked to listen on a port that is taken."""
    running = RealServer(tmp_path_factory.mktemp("server"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        running.start(taken.getsockname()[1])
    yield running
    running.stop()
