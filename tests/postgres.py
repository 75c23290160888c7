"""A PostgreSQL server for tests, on this machine alone; tests are skipped where it is not installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


class Server:
    """A PostgreSQL server on this machine alone, run by a user who may."""

    def __init__(self, folder):
        self.programs, self.data = PROGRAMS[-1].parent, folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        self.run(self.programs / "initdb", "-D", self.data, "--auth=trust", "-U", "study", "-N")
        self.start()

    @property
    def url(self):
        return f"postgresql://study@127.0.0.1:{self.port}/postgres"

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}"
        log = self.folder / "log"
        self.run(self.programs / "pg_ctl", "-D", self.data, "-w", "-l", log, "-o", options, "start")

    def stop(self):
        self.run(self.programs / "pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def run(self, *command):
        before = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        words = [*before, *map(str, command)]
        subprocess.run(words, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server with an empty data base for the block."""
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed: no /usr/lib/postgresql/*/bin/initdb")
    # pytest's own folders are closed to the user who runs the server
    folder = Path(tempfile.mkdtemp(prefix="automl-postgres-"))
    folder.chmod(0o755)
    running = Server(folder)
    yield running
    running.stop()
    shutil.rmtree(folder)
