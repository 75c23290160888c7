"""The executors of this package keep their contract."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager

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
    @pytest.fixture(scope="class", params=EXECUTORS)
    def place(self, request, tmp_path_factory):
        """Name and folder of executors that stay open from test to test: to start workers takes longer."""
        if request.param == "ray":
            request.getfixturevalue("ray_started")
        return request.param, tmp_path_factory.mktemp(request.param)

    @pytest.fixture(scope="class")
    def ray_started(self):
        """One cluster of this machine for all tests."""
        import ray

        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
        yield
        ray.shutdown()

    @pytest.fixture(scope="class")
    def kept(self, place):
        """The executor that is open, if any."""
        with ExitStack() as stack:
            yield Kept(*place, stack)

    @pytest.fixture
    def folder(self, place):
        """Without what earlier tests have done in it."""
        for path in place[1].glob("[0-9]*.*"):
            path.unlink()
        return place[1]

    @pytest.fixture
    def executor(self, kept, folder):
        return kept.opened()


class Kept:
    """An executor that is opened again once a test has closed it."""

    def __init__(self, name, folder, stack):
        self._name, self._folder, self._stack = name, folder, stack
        self._closed = True

    def opened(self):
        if self._closed:
            self._stack.close()
            self._executor = self._stack.enter_context(EXECUTORS[self._name](self._folder))
            self._close, self._executor.close = self._executor.close, self._told
            self._closed = False
        return self._executor

    def _told(self):
        self._closed = True
        self._close()
