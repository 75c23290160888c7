"""A board with toys for runners, and workers that join it as processes of their own."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from automl.core.errors import AutomlError, ConfigError
from automl.execution import board_worker
from automl.execution.board import BoardCrew
from automl.execution.dispatcher import Dispatcher
from automl.execution.executor import Work
from automl.execution.leases import Leases
from automl.execution.ray_cluster import RayCrew
from automl.testing.runners import open_toy

ROOT = Path(__file__).parents[2]


@contextmanager
def opened_board(folder, *, lost_seconds=60.0, limits=None, note=lambda text: None):
    leases = Leases(folder / "leases.journal")
    executor = Dispatcher(
        BoardCrew(folder / "board", lost_seconds=lost_seconds, note=note),
        leases=leases,
        encode=lambda payload: payload,
        decode=lambda payload, result: result,
        limits=limits,
    )
    executor.open(Work(place="nobody:looks_here", options={"folder": str(folder)}))
    try:
        yield executor
    finally:
        executor.close()


def start_worker(folder, name, **facts):
    """Start a worker as another machine would."""
    return subprocess.Popen(worker_command(folder, name, **facts))


def worker_command(folder, name, **facts):
    lines = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})",
        f"from tests.execution.boards import work; work({str(folder)!r}, {name!r}, **{facts!r})",
    )
    return [sys.executable, "-c", "; ".join(lines)]


def work(folder, name, *, lacks="", version=None, deaf=60.0):
    """Work with toys, on a machine that may lack something, or have another version or less patience."""

    def opened(options):
        if lacks:
            raise ConfigError(lacks)
        return open_toy(options)

    board_worker.__version__ = version or board_worker.__version__
    board_worker.DEAF_SECONDS = deaf
    try:
        board_worker.join(Path(folder) / "board", name, opened, orphaned=8.0)
    except AutomlError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)


@contextmanager
def joined(folder, name, **facts):
    process = start_worker(folder, name, **facts)
    try:
        yield process
    finally:
        # the board is closed first where the worker is to go by itself
        if process.poll() is None:
            process.kill()
        process.wait()


@contextmanager
def opened_ray(folder, *, slots=2, lost_seconds=60.0, cpus=1.0, **facts):
    """The same with workers that Ray places: on a cluster that is there, else on one of this machine."""
    leases = Leases(folder / "leases.journal")
    board = BoardCrew(folder / "board", lost_seconds=lost_seconds)
    executor = Dispatcher(
        RayCrew(board, slots=slots, command=lambda name: worker_command(folder, name, **facts), cpus=cpus),
        leases=leases,
        encode=lambda payload: payload,
        decode=lambda payload, result: result,
    )
    executor.open(Work(place="nobody:looks_here", options={"folder": str(folder)}))
    try:
        yield executor
    finally:
        executor.close()
