"""A served model: the answers that many clients get at once, their time, and that of the bare model.

    python -m benchmarks.serving DIR DATA.csv [--rows 1000] [--clients 8]

Each request has one row. The bare model is asked for the same rows one by one in the server's stead, so
that both are measured on the same machine within one run. CPU seconds say more than wall time where others
use the machine.
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
from typing import Any

import numpy as np
import psutil


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What asking for all rows one by one took.

    Attributes:
        seconds: of each request ``(n,)``.
        cpu: seconds of CPU of the process that answers, over all requests.
        numbers: predicted, in the order of the rows ``(n, k)``.
    """

    seconds: np.ndarray
    cpu: float
    numbers: np.ndarray

    def line(self, name: str) -> str:
        """Return a line of the printed table."""
        each = 1000 * self.cpu / len(self.seconds)
        p50, p99 = 1000 * np.quantile(self.seconds, [0.5, 0.99])
        return f"{name:<12} {each:10.2f} ms CPU  {p50:8.1f} ms p50  {p99:8.1f} ms p99"


def numbers_of(record: dict[str, Any]) -> list[float]:
    """Return the predicted numbers of a row of predictions, without its place."""
    return [
        float(value) for name, value in record.items() if name != "row" and isinstance(value, int | float)
    ]


def ask(port: int, rows: Sequence[dict[str, Any]], clients: int, process: psutil.Process) -> Measured:
    """Ask a server for rows one by one, from several clients at once.

    Raises:
        RuntimeError: a request is refused.
    """
    seconds, found = np.zeros(len(rows)), [[0.0]] * len(rows)

    def client(first: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port)
        for place in range(first, len(rows), clients):
            begun = time.perf_counter()
            line.request(
                "POST", "/predict", json.dumps([rows[place]]), {"Content-Type": "application/json"}
            )
            reply = line.getresponse()
            answer = json.loads(reply.read())
            seconds[place] = time.perf_counter() - begun
            if reply.status != 200:
                raise RuntimeError(f"row {place}: {answer}")
            found[place] = numbers_of(answer["predictions"][0])

    before = sum(process.cpu_times()[:2])
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))
    return Measured(seconds=seconds, cpu=sum(process.cpu_times()[:2]) - before, numbers=np.array(found))


def served(folder: str, rows: Sequence[dict[str, Any]], clients: int) -> Measured:
    """Start a server over a job, ask it, and stop it."""
    command = [sys.executable, "-m", "automl", "serve", folder, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            told = re.search(r":(\d+), see", process.stdout.readline() if process.stdout else "")
            if told is None:
                raise RuntimeError("the server did not start")
            return ask(int(told[1]), rows, clients, psutil.Process(process.pid))
        finally:
            process.terminate()


def bare(folder: str, rows: Sequence[dict[str, Any]]) -> Measured:
    """Ask the model of a job for rows that are read already, in this process."""
    import pandas as pd

    from automl.api import load

    opened = load(folder).opened
    _, examples, _ = opened.read(pd.DataFrame(rows), targets=False)
    one = [examples.take(np.array([place])) for place in range(len(rows))]
    opened.predictions(one[0])
    seconds, begun = np.zeros(len(rows)), time.process_time()
    for place, example in enumerate(one):
        at = time.perf_counter()
        opened.predictions(example)
        seconds[place] = time.perf_counter() - at
    return Measured(seconds=seconds, cpu=time.process_time() - begun, numbers=np.empty(0))


def main() -> None:
    """Measure and print."""
    import pandas as pd

    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("data", metavar="DATA.csv")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=8)
    given = parser.parse_args()
    rows = json.loads(pd.read_csv(given.data, nrows=given.rows).to_json(orient="records"))
    found = served(given.folder, rows, given.clients)
    print(found.line("served"))
    print(bare(given.folder, rows).line("bare model"))
    from automl.api import load
    from automl.jobs.written import records_of

    expected = [numbers_of(item) for item in records_of(load(given.folder).predict(pd.DataFrame(rows)), ())]
    print(f"largest difference from predict: {np.abs(found.numbers - np.array(expected)).max():.2g}")


if __name__ == "__main__":
    main()
