"""The sides of the training benchmark, each run in a process of its own.

The job is JSON on the command line, the measurement the last line of the output. What is imported and
warmed up before the clock starts is the framework; what a side traces and compiles for its models counts.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Mapping

from benchmarks.training.ours import measure_ours
from benchmarks.training.peers import measure_fit, measure_kerastuner
from benchmarks.training.record import Job, Measurement
from benchmarks.training.rows import Data, Row, find_row, load

SIDES: Mapping[str, Callable[[Job, Row, Data], Measurement]] = {
    "ours": measure_ours,
    "fit": measure_fit,
    "kerastuner": measure_kerastuner,
}
"""Who can do a job, by name."""


def main() -> None:
    """Do the job named on the command line and print the measurement."""
    job = Job(**json.loads(sys.argv[1]))
    # what libraries print must not be taken for the measurement
    with contextlib.redirect_stdout(sys.stderr):
        measured = measure(job)
    print(measured.text())


def measure(job: Job) -> Measurement:
    """Do a job in this process."""
    row = find_row(job.row)
    return SIDES[job.side](job, row, load(row))


if __name__ == "__main__":
    main()
