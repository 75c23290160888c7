"""The executors of this package keep their contract."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from automl.execution.dispatcher import Dispatcher
from automl.execution.executor import Work
from automl.execution.inline import Inline
from automl.execution.leases import Leases
from automl.execution.pool import ProcessCrew, places
from automl.testing.executors import ExecutorContract
from automl.testing.runners import open_toy
from tests.execution.boards import joined, opened_board, opened_ray


@contextmanager
def inline(folder):
    yield Inline(open_toy({"folder": folder}), leases=Leases(folder / "leases.journal"))


@contextmanager
def pool(folder):
    leases = Leases(folder / "leases.journal")
    executor = Dispatcher(
        ProcessCrew(places(2), folder=folder / "logs", leases=leases),
        leases=leases,
        encode=lambda payload: payload,
        decode=lambda payload, result: result,
    )
    executor.open(Work(place="automl.testing.runners:open_toy", options={"folder": str(folder)}))
    try:
        yield executor
    finally:
        executor.close()


@contextmanager
def board(folder):
    with opened_board(folder) as executor, joined(folder, "one"), joined(folder, "two"):
        yield executor


@contextmanager
def ray(folder):
    with opened_ray(folder) as executor:
        yield executor


EXECUTORS = {"inline": inline, "pool": pool, "board": board, "ray": ray}


class TestExecutors(ExecutorContract):
    @pytest.fixture(scope="class")
    def ray_started(self):
        """One cluster of this machine for all tests: to start one takes longer than a test."""
        import ray

        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
        yield
        ray.shutdown()

    @pytest.fixture(params=EXECUTORS)
    def executor(self, request, folder):
        if request.param == "ray":
            request.getfixturevalue("ray_started")
        with EXECUTORS[request.param](folder) as opened:
            yield opened
