"""MLflow's pages of the runs in a store: its server runs on this machine while this program does."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator

from automl.core.children import ENDINGS
from automl.core.errors import SearchError
from automl.core.ports import address_of, free_port
from automl.core.secrets import shown
from automl.tracking.location import artifact_root, is_server, resolve
from automl.tracking.schema import check_schema

START_SECONDS = 120.0
STOP_SECONDS = 5.0


def serve(
    uri: str | None,
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    run: tuple[str, str] | None = None,
    report: str = "",
    say: Callable[[str], None] = print,
    open_page: Callable[[str], object] | None = None,
) -> int:
    """Serve the pages until interrupted; a tracking server that runs elsewhere is only named.

    Args:
        uri: tracking URI, or ``None`` for the default.
        host: address to listen on; anyone who reaches it can read and change the runs.
        port: first port to try.
        run: experiment and run to point to.
        report: file of that run that is its report; empty where there is none.
        say: prints a line.
        open_page: opens the report, or else the run, once the server answers.

    Returns:
        exit code: 0, also after Ctrl-C.

    Raises:
        ConfigError: nothing can be served there, or no port is free.
        SearchError: MLflow's server did not start.
    """
    store = resolve(uri)
    if is_server(store):
        _point(store, run, report, say, open_page)
        return 0
    check_schema(store)
    free = free_port(host, port)
    if free != port:
        say(f"Port {port} is taken; using {free}.")
    address = address_of(host, free)
    say(f"Starting MLflow's server on {shown(store)} ...")
    # ended from outside as by Ctrl-C: the server must not outlive this program
    for number in ENDINGS:
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), server(store, host=host, port=free) as process:
        _await(process, address)
        _point(address, run, report, say, open_page)
        say("Press Ctrl-C to stop it.")
        return _ended(process)
    return 0


def run_page(address: str, experiment_id: str, run_id: str, file: str = "") -> str:
    """Return the address of a run's page on a server, or of a file of the run."""
    page = f"{address.rstrip('/')}/#/experiments/{experiment_id}/runs/{run_id}"
    page += f"/artifacts/{file}" if file else ""
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


def _point(
    address: str,
    run: tuple[str, str] | None,
    report: str,
    say: Callable[[str], None],
    open_page: Callable[[str], object] | None,
) -> None:
    """Say where the job's report and its runs are, and open the first of them."""
    files = {"Report": report, "Runs": ""} if run is not None and report else {"Runs": ""}

    def at(base: str, file: str) -> str:
        return base if run is None else run_page(base, *run, file=file)

    for name, file in files.items():
        say(f"{name}: {at(shown(address), file)}")
    if open_page is not None:
        open_page(at(address, next(iter(files.values()))))


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
