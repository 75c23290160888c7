"""MLflow's pages of the runs in a store: its server runs on this machine while this program does."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator

from automl.core.children import ENDINGS
from automl.core.errors import ConfigError, SearchError
from automl.core.secrets import shown
from automl.tracking.location import artifact_root, is_server, resolve
from automl.tracking.schema import check_schema

START_SECONDS = 120.0
STOP_SECONDS = 5.0
PORTS_TRIED = 20


def serve(
    uri: str | None,
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    run: tuple[str, str] | None = None,
    say: Callable[[str], None] = print,
) -> int:
    """Serve the pages until interrupted; a tracking server that runs elsewhere is only named.

    Args:
        uri: tracking URI, or ``None`` for the default.
        host: address to listen on; anyone who reaches it can read and change the runs.
        port: first port to try.
        run: experiment and run to point to.
        say: prints a line.

    Returns:
        exit code: 0, also after Ctrl-C.

    Raises:
        ConfigError: nothing can be served there, or no port is free.
        SearchError: MLflow's server did not start.
    """
    store = resolve(uri)
    if is_server(store):
        say(_page(store, run))
        return 0
    check_schema(store)
    free = _free_port(host, port)
    if free != port:
        say(f"Port {port} is taken; using {free}.")
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '') else host}:{free}"  # noqa: S104
    say(f"Starting MLflow's server on {shown(store)} ...")
    # ended from outside as by Ctrl-C: the server must not outlive this program
    for number in ENDINGS:
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), server(store, host=host, port=free) as process:
        _await(process, address)
        say(f"{_page(address, run)}\nPress Ctrl-C to stop it.")
        return _ended(process)
    return 0


def run_page(address: str, experiment_id: str, run_id: str) -> str:
    """Return the address of a run's page on a server."""
    page = f"{address.rstrip('/')}/#/experiments/{experiment_id}/runs/{run_id}"
    # MLflow's pages open for language-model traces otherwise
    return f"{page}?workflowType=machine_learning"


@contextlib.contextmanager
def server(uri: str, *, host: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run MLflow's server in processes of its own, all of which end with the block.

    Args:
        uri: absolute URI of a database.
        host: address to listen on.
        port: a free port.
    """
    place = ["--host", host, "--port", str(port), "--workers", "1", "--uvicorn-opts", "--log-level=warning"]
    command = [sys.executable, "-m", "mlflow", "server", *place]
    environment = {
        **os.environ,
        # by the environment: a command line, and a password in it, can be read by everyone on the machine
        "MLFLOW_BACKEND_STORE_URI": uri,
        "MLFLOW_DEFAULT_ARTIFACT_ROOT": artifact_root(uri) or "",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_LOGGING_LEVEL": "WARNING",
        "PYTHONWARNINGS": "ignore",
    }
    environment.pop("MLFLOW_TRACKING_URI", None)
    process = subprocess.Popen(
        command,
        env=environment,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        _stop(process)


def _page(address: str, run: tuple[str, str] | None) -> str:
    open_to_all = shown(address)
    return f"Runs: {run_page(open_to_all, *run) if run else open_to_all}"


def _free_port(host: str, first: int) -> int:
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise ConfigError(f"No free port on {host} from {first} on. Choose another with --port.")


def _await(process: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SearchError(f"MLflow's server ended at once with code {process.returncode}; see above.")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/health", timeout=2):  # noqa: S310
            return
        time.sleep(0.3)
    raise SearchError(f"MLflow's server did not answer at {address} within {START_SECONDS:.0f} s.")


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the server's own end, waking up for a signal that a blocking wait could miss."""
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return abs(process.wait(1.0))


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and the workers it started: they are one process group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            if number == signal.SIGTERM and _group_alive(process.pid):
                continue
            return


def _group_alive(group: int) -> bool:
    end = time.monotonic() + STOP_SECONDS
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True
