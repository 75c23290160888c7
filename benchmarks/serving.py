"""A served model: the answers that many clients get at once, their time, and that of the bare model.

    python -m benchmarks.serving DIR DATA.csv [--requests 1000] [--clients 8] [--rows 1]

Each request has one row, or as many as are asked for. The bare model is asked for the same rows, request
by request, in the server's stead, so that both are measured on the same machine within one run. CPU seconds
say more than wall time where others use the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import psutil

Rows: TypeAlias = Sequence[dict[str, Any]]
"""Of a request."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What all requests took.

    Attributes:
        seconds: of each request ``(n,)``.
        cpu: seconds of CPU of the process that answers, over all requests.
        numbers: predicted, in the order of the rows ``(rows, k)``.
    """

    seconds: np.ndarray
    cpu: float
    numbers: np.ndarray

    def line(self, name: str) -> str:
        """Return a line of the printed table."""
        each = 1000 * self.cpu / len(self.seconds)
        p50, p99 = 1000 * self.quantile(0.5), 1000 * self.quantile(0.99)
        return f"{name:<12} {each:10.2f} ms CPU  {p50:8.1f} ms p50  {p99:8.1f} ms p99"

    def quantile(self, share: float) -> float:
        """Return the seconds within which so many of the requests were answered."""
        return float(np.quantile(self.seconds, share))


def numbers_of(record: dict[str, Any]) -> list[float]:
    """Return the predicted numbers of a row of predictions, without its place."""
    return [
        float(value) for name, value in record.items() if name != "row" and isinstance(value, int | float)
    ]


def ask(port: int, requests: Sequence[Rows], clients: int, process: psutil.Process) -> Measured:
    """Ask a server from several clients at once.

    Raises:
        RuntimeError: a request is refused.
    """
    seconds, found = np.zeros(len(requests)), [[[0.0]]] * len(requests)

    def client(first: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port)
        for place in range(first, len(requests), clients):
            body = json.dumps(requests[place])
            begun = time.perf_counter()
            line.request("POST", "/predict", body, {"Content-Type": "application/json"})
            reply = line.getresponse()
            text = reply.read()
            seconds[place] = time.perf_counter() - begun
            if reply.status != 200:
                raise RuntimeError(f"request {place}: {text.decode()}")
            found[place] = list(map(numbers_of, json.loads(text)["predictions"]))

    before = sum(process.cpu_times()[:2])
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))
    cpu = sum(process.cpu_times()[:2]) - before
    return Measured(seconds=seconds, cpu=cpu, numbers=np.concatenate(list(map(np.array, found))))


def served(folder: str, requests: Sequence[Rows], clients: int) -> Measured:
    """Start a server over a job, ask it, and stop it."""
    command = [sys.executable, "-m", "automl", "serve", folder, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            told = re.search(r":(\d+), see", process.stdout.readline() if process.stdout else "")
            if told is None:
                raise RuntimeError("the server did not start")
            return ask(int(told[1]), requests, clients, psutil.Process(process.pid))
        finally:
            process.terminate()


def bare(folder: str, requests: Sequence[Rows], clients: int = 1) -> Measured:
    """Ask the model of a job for rows that are read already, in this process.

    Several clients ask it from threads, one after another, as a model answers one call at a time.
    """
    import pandas as pd

    from automl.api import load

    opened = load(folder).opened
    each = [opened.read(pd.DataFrame(rows), targets=False)[1] for rows in requests]
    opened.predictions(each[0])
    seconds = np.zeros(len(each))

    def client(first: int) -> None:
        for place in range(first, len(each), clients):
            at = time.perf_counter()
            turns.submit(opened.predictions, each[place]).result()
            seconds[place] = time.perf_counter() - at

    begun = time.process_time()
    # whoever asks first is answered first, which a lock does not promise
    with ThreadPoolExecutor(clients) as pool, ThreadPoolExecutor(1) as turns:
        list(pool.map(client, range(clients)))
    return Measured(seconds=seconds, cpu=time.process_time() - begun, numbers=np.empty(0))


def requests_of(rows: Rows, count: int, size: int) -> list[Rows]:
    """Return so many requests of so many rows each, which begin anew where the rows end."""
    places = np.resize(np.arange(len(rows)), (count, size))
    return [[rows[place] for place in some] for some in places.tolist()]


def main() -> None:
    """Measure and print."""
    import pandas as pd

    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("data", metavar="DATA.csv")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rows", type=int, default=1, help="of a request")
    given = parser.parse_args()
    most = given.requests * given.rows
    rows = json.loads(pd.read_csv(given.data, nrows=most).to_json(orient="records"))
    requests = requests_of(rows, given.requests, given.rows)
    found, alone = served(given.folder, requests, given.clients), bare(given.folder, requests)
    shared = bare(given.folder, requests, given.clients)
    print(found.line("served"), alone.line("bare, alone"), shared.line("bare, shared"), sep="\n")
    p99 = found.quantile(0.99)
    print(
        f"p99 is {p99 / shared.quantile(0.99):.1f} times that of the bare model with as many clients,"
        f" {p99 / alone.quantile(0.99):.1f} times that with one"
    )
    from automl.api import load
    from automl.jobs.written import records_of

    table = load(given.folder).predict(pd.DataFrame([row for some in requests for row in some]))
    expected = np.array([numbers_of(item) for item in records_of(table, ())])
    print(f"largest difference from predict: {np.abs(found.numbers - expected).max():.2g}")


if __name__ == "__main__":
    main()
