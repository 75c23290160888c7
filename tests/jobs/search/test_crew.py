"""When workers are started, how many, and on which backend."""

from __future__ import annotations

from typing import Any

import pytest

from automl.core.errors import ConfigError
from automl.data.modality import Handling
from automl.jobs.config import JobConfig
from automl.jobs.folder import JobFolder
from automl.jobs.search import crew
from automl.jobs.search.crew import Hiring, executor_name, worker_count

SMALL = Handling(examples_per_epoch=1, worker_cores=1, worker_bytes=1 << 30)
LARGE = Handling(examples_per_epoch=1)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight cores, 16 GiB, no GPU, and nobody has asked for a backend."""
    monkeypatch.setattr(crew, "visible_gpus", lambda: ())
    monkeypatch.setattr(crew, "host_memory", lambda: 16 << 30)
    monkeypatch.setattr(crew.os, "cpu_count", lambda: 8)
    monkeypatch.setattr(crew, "asked_backend", lambda: None)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """Executor, backend and number of the workers that are started."""
    found: list[tuple[str, str, Any]] = []

    class Nobody:
        slots, workers = 0, ()

        def close(self, lost: int) -> None:
            pass

    def made(name: str, config: JobConfig, *rest: Any) -> Nobody:
        found.append((name, config.backend, config.workers))
        return Nobody()

    monkeypatch.setattr(crew, "_crew", made)
    return found


def hiring(tmp_path: Any, data: object = None) -> Hiring:
    return Hiring(JobFolder(tmp_path), data, lambda text: None)


@pytest.mark.parametrize(
    ("handling", "memory", "expected"), [(LARGE, 16, 2), (SMALL, 16, 8), (SMALL, 3, 3), (LARGE, 1, 1)]
)
def test_auto_counts_what_a_worker_needs(monkeypatch, handling, memory, expected):
    monkeypatch.setattr(crew, "host_memory", lambda: memory << 30)

    assert worker_count(JobConfig(workers="auto"), handling) == expected
    assert worker_count(JobConfig(workers=5), handling) == 5


def test_workers_whose_backend_is_asked_for_start_before_the_data_is_read(tmp_path, started):
    made = hiring(tmp_path)

    made.prepare(JobConfig(workers=2, backend="jax"))
    made.begin(JobConfig(workers=2, backend="jax"), SMALL, elsewhere=False)

    assert started == [("pool", "jax", 2)]


@pytest.mark.parametrize("options", [{"workers": 2}, {"workers": "auto", "backend": "jax"}])
def test_others_start_when_the_data_is_known(tmp_path, started, options):
    made, config = hiring(tmp_path), JobConfig(**options)

    made.prepare(config)
    assert not started

    made.begin(JobConfig(workers=config.workers, backend="jax"), SMALL, elsewhere=False)
    assert started == [("pool", "jax", 2 if config.workers == 2 else 8)]


def test_one_worker_is_this_process_unless_trials_must_run_elsewhere(tmp_path, started):
    assert executor_name(JobConfig(), elsewhere=False) == "inline"
    hiring(tmp_path).begin(JobConfig(backend="jax"), SMALL, elsewhere=False)
    assert not started

    hiring(tmp_path).begin(JobConfig(backend="jax"), SMALL, elsewhere=True)
    assert started == [("pool", "jax", 1)]


@pytest.mark.parametrize("executor", ["folder", "ray"])
def test_other_machines_are_refused_for_data_in_memory_before_it_is_read(tmp_path, executor):
    with pytest.raises(ConfigError, match="cannot see data in memory"):
        hiring(tmp_path, data=[1]).prepare(JobConfig(executor=executor))
