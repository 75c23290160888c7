"""How many trials a coordinator manages: `python -m benchmarks.executing`.

Trials are instant, so what is measured is asking, handing out, hearing, telling and tracking. Prints trials
per second over all and over the first and last quarter, for each sampler, with and without MLflow.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from automl.jobs.search.loop import run_trials
from automl.tracking.tracker import Tracker
from benchmarks.workers.pretended import job_record, pretended_search


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """What one search managed.

    Attributes:
        sampler: of the study.
        tracking: whether it was logged to MLflow.
        trials: in all.
        seconds: from the first draw to the last end, what waits for the tracker sent.
        first: trials per second of the first quarter.
        last: of the last quarter.
        missing: child runs that MLflow lacks at the end.
    """

    sampler: str
    tracking: bool
    trials: int
    seconds: float
    first: float
    last: float
    missing: int


def main() -> None:
    """Measure and print."""
    options = _options()
    rows = []
    for sampler, tracking in (("random", False), ("rungs", False), ("rungs", True)):
        if sampler in options.samplers.split(",") and (options.tracking or not tracking):
            rows.append(measure(sampler, tracking, options.trials, options.workers))
            print(_line(rows[-1]), flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps([vars(row) for row in rows], indent=2))


def measure(sampler: str, tracking: bool, trials: int, workers: int) -> Throughput:
    """Run one search of instant trials."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "job"
        folder.mkdir()
        uri = f"sqlite:///{place}/mlflow.db" if tracking else ""
        with pretended_search(
            folder, trials=trials, workers=workers, sampler=sampler, tracking_uri=uri
        ) as (loop, _):
            begun: list[float] = []
            started = time.monotonic()
            loop.tracker.start_job(job_record(folder))
            run_trials(replace(loop, show=_noting(begun, loop)))
            loop.tracker.end_job("complete", {})
            seconds = time.monotonic() - started
            missing = trials - _runs(loop.tracker, uri) if tracking else 0
    quarter = len(begun) // 4
    return Throughput(
        sampler=sampler,
        tracking=tracking,
        trials=trials,
        seconds=seconds,
        first=quarter / (begun[quarter] - begun[0]),
        last=quarter / (begun[-1] - begun[-1 - quarter]),
        missing=missing,
    )


def _noting(begun: list[float], loop):  # type: ignore[no-untyped-def]
    """Note when each trial begins; a promotion counts as one, as it is as much work."""

    def show(configuration):  # type: ignore[no-untyped-def]
        begun.append(time.monotonic())
        return loop.show(configuration)

    return show


def _runs(tracker: Tracker, uri: str) -> int:
    """Child runs that have ended in the store."""
    from mlflow import MlflowClient

    client, found, token = MlflowClient(uri), 0, None
    while True:
        page = client.search_runs(
            [tracker.experiment_id],
            "tags.trial != '' and attributes.status != 'RUNNING'",
            max_results=1000,
            page_token=token,
        )
        found, token = found + len(page), page.token
        if not token:
            return found


def _line(row: Throughput) -> str:
    name = f"{row.sampler}{' + MLflow' if row.tracking else ''}"
    return (
        f"{name:16} {row.trials} trials in {row.seconds:.1f} s: {row.trials / row.seconds:.1f} trials/s, "
        f"last quarter / first {row.last / row.first:.2f}, missing {row.missing}"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.executing", description=__doc__)
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--samplers", default="random,rungs")
    parser.add_argument("--no-tracking", dest="tracking", action="store_false")
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
