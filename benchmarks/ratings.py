"""Made-up ratings, more than a process should hold twice: memory and time of a search over them.

    python -m benchmarks.ratings [--rows 2000000] [--options "--task ranking --family two_towers"]

Shapes are those of MovieLens' editions: 20 million ratings of 27,000 items by 138,000 users, fewer of both
where there are fewer ratings. A search runs over the file in processes of its own, whose memory is looked
at ten times a second and told beside that of the frame which pandas makes of the file.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.large import watch_search

CHUNK = 1_000_000

ROWS, USERS, ITEMS = 20_000_000, 138_000, 27_000
"""Of the largest edition that is imitated."""

TASTES = 20
"""Groups of items, of which each user prefers one."""

PROGRAM = """
import json, resource, sys
import pandas
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
frame = pandas.read_csv(sys.argv[1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"frame": frame.memory_usage().sum() / 1e6, "peak": peak, "before": before}))
"""


def write_ratings(path: Path, rows: int, seed: int = 0) -> None:
    """Write ``userId,movieId,rating,timestamp``, chunk by chunk: some items and users occur far more often.

    Args:
        path: the file, ``.csv``.
        rows: ratings; a pair may occur twice.
        seed: of all values.
    """
    import pyarrow as pa
    import pyarrow.csv as csv

    random = np.random.default_rng(seed)
    share = min(1.0, rows / ROWS) ** 0.5
    users, items = max(100, int(USERS * share)), max(TASTES * 10, int(ITEMS * share))
    # cumulated, so that a draw is a search: how active users are, and how frequent the items of a taste
    active = np.cumsum(random.lognormal(0.0, 1.2, users))
    frequent = np.cumsum(1.0 / np.arange(1, items // TASTES + 1) ** 0.8)
    writer: Any = None
    for number, first in enumerate(range(0, rows, CHUNK)):
        count = min(CHUNK, rows - first)
        table = pa.table(_chunk(count, active, frequent, np.random.default_rng([seed, number])))
        writer = csv.CSVWriter(path, table.schema) if writer is None else writer
        writer.write_table(table)
    writer.close()


def frame_of(path: Path) -> dict[str, float]:
    """Read a file with pandas in a new process; returns megabytes of the ``frame`` and at its ``peak``."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, check=True
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ratings", description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--options", default="--task ranking --family two_towers --trials 1 --epochs 2")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        write_ratings(path, given.rows)
        held = frame_of(path)
        size = f"{path.stat().st_size / 1e6:.0f} MB, a frame of {held['frame']:.0f} MB"
        print(f"{given.rows:,} ratings, {size} (reading it takes {held['peak']:.0f} MB)", flush=True)
        found = watch_search(path, Path(folder) / "job", shlex.split(given.options))
        peaks = f"at most {found['pss']:.0f} MB, {found['uss']:.0f} MB unshared"
        print(f"search {found['seconds']:.0f} s, {peaks}, exit code {found['rc']:.0f}")


def _chunk(
    rows: int, active: np.ndarray, frequent: np.ndarray, random: np.random.Generator
) -> dict[str, np.ndarray]:
    users = np.searchsorted(active, random.random(rows) * active[-1])
    tastes = np.where(random.random(rows) < 0.6, users % TASTES, random.integers(0, TASTES, rows))
    items = np.searchsorted(frequent, random.random(rows) * frequent[-1]) * TASTES + tastes
    liked = (tastes == users % TASTES) * 1.0
    return {
        "userId": users + 1,
        "movieId": items + 1,
        "rating": np.clip(np.round(3 + liked + random.normal(0, 1, rows)), 1, 5),
        "timestamp": 800_000_000 + random.integers(0, 600_000_000, rows),
    }


if __name__ == "__main__":
    main()
