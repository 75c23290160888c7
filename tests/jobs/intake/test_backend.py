"""Which backend a job runs on: what the user has set, else what is quickest for the data."""

from __future__ import annotations

import os

import pandas as pd
import pytest

from automl.core.errors import ConfigError
from automl.core.extensions import Origin
from automl.data.kinds.kind import HANDLED_AS_CELLS
from automl.data.modality import ROWS, Handling, joint_handling
from automl.jobs.config import JobConfig
from automl.jobs.intake import backend as module
from automl.jobs.intake.backend import Backend, asked_backend, choose_backends, kept_backend, name_backend

CELLS, TEXTS = HANDLED_AS_CELLS, Handling(examples_per_epoch=50_000)


class Mine:
    """A class that another process does not know."""


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without accelerators, on which nobody has asked for anything."""
    for name in ("KERAS_BACKEND", "TPU_NAME", "TPU_WORKER_ID", "TF_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr(module, "_named", {})


def choose(
    monkeypatch: pytest.MonkeyPatch,
    handling: Handling = CELLS,
    *,
    running: str | None = None,
    alone: bool = True,
    data: object = None,
    **options: object,
) -> Backend:
    monkeypatch.setattr(module, "running_backend", lambda: running)
    return choose_backends(JobConfig(**options), handling, "binary", data=data, alone=alone)


@pytest.mark.parametrize(("handling", "expected"), [(CELLS, "jax"), (TEXTS, "tensorflow")])
def test_a_command_takes_what_is_quickest_for_the_data(monkeypatch, handling, expected):
    found = choose(monkeypatch, handling)

    assert (found.trials, found.own, found.elsewhere) == (expected, expected, False)


def test_parts_of_several_kinds_take_the_usual_backend():
    assert joint_handling([CELLS, CELLS]).cpu_backend == "jax"
    assert joint_handling([CELLS, TEXTS]).cpu_backend == "tensorflow"
    assert ROWS.cpu_backend == "tensorflow"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("CUDA_VISIBLE_DEVICES", "0"), ("TPU_NAME", "mine"), ("TF_CONFIG", "{}")],
)
def test_an_accelerator_keeps_the_usual_backend(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)

    found = choose(monkeypatch)

    assert found.trials == "tensorflow"
    assert found.reason.startswith("the default where there is")


@pytest.mark.parametrize("name", ["tensorflow", "torch"])
def test_the_environment_wins(monkeypatch, name):
    monkeypatch.setenv("KERAS_BACKEND", name)

    assert choose(monkeypatch).trials == name
    assert choose(monkeypatch, alone=False).own == name


def test_what_is_asked_for_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")

    assert choose(monkeypatch, backend="tensorflow").trials == "tensorflow"


@pytest.mark.parametrize(
    ("strategy", "expected"), [("multi-worker", "tensorflow"), ("data-parallel", "jax")]
)
def test_a_strategy_brings_its_backend(monkeypatch, strategy, expected):
    assert choose(monkeypatch, TEXTS, strategy=strategy).trials == expected
    assert choose(monkeypatch, CELLS, strategy=strategy).trials == expected


def test_tasks_and_families_of_others_keep_the_backend_that_they_may_count_on(monkeypatch):
    origin = Origin(package="theirs", version="1.0")
    monkeypatch.setattr(type(module.TASKS), "origin", lambda self, name: origin)

    found = choose(monkeypatch)

    assert (found.trials, found.reason) == ("tensorflow", "the default where theirs 1.0 takes part")


def test_without_the_quickest_backend_the_usual_one_is_taken(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)

    assert choose(monkeypatch).reason == "the default where jax is not installed"


@pytest.mark.parametrize("running", [None, "tensorflow"])
def test_in_a_process_of_the_user_trials_go_elsewhere(monkeypatch, running):
    found = choose(monkeypatch, running=running, alone=False)

    assert (found.trials, found.own, found.elsewhere) == ("jax", "tensorflow", True)
    assert found.reason.endswith("in a worker process, this one has tensorflow")


@pytest.mark.parametrize("running", ["jax", "torch"])
def test_a_process_on_another_backend_keeps_it(monkeypatch, running):
    for handling in (CELLS, TEXTS):
        found = choose(monkeypatch, handling, running=running, alone=False)
        assert (found.trials, found.own) == (running, running)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"executor": "inline"}, "executor inline runs trials in this process"),
        ({"time": 10.0}, "10 s are too short"),
        ({"data": (pd.DataFrame({"a": [Mine()]}),)}, "objects that other processes do not know"),
    ],
)
def test_where_trials_cannot_go_they_stay(monkeypatch, options, reason):
    data = options.pop("data", None)

    found = choose(monkeypatch, running="tensorflow", alone=False, data=data, **options)

    assert (found.trials, found.own) == ("tensorflow", "tensorflow")
    assert "jax would be faster" in found.reason
    assert reason in found.reason


def test_what_is_asked_for_and_can_run_nowhere_is_refused(monkeypatch):
    with pytest.raises(ConfigError, match=r"already runs on 'tensorflow'.*executor inline"):
        choose(monkeypatch, running="tensorflow", alone=False, backend="jax", executor="inline")


def test_naming_a_backend_is_no_wish_of_the_user(monkeypatch):
    monkeypatch.setattr(module, "running_backend", lambda: None)

    name_backend("tensorflow")

    assert os.environ["KERAS_BACKEND"] == "tensorflow"
    assert asked_backend() is None
    del os.environ["KERAS_BACKEND"]


def test_a_job_of_before_the_choice_goes_on_where_it_began():
    assert kept_backend(JobConfig(), begun=True).backend == "tensorflow"
    assert kept_backend(JobConfig(backend="jax"), begun=True).backend == "jax"
    assert kept_backend(JobConfig(), begun=False).backend == "auto"
