"""The tasks of this package keep their contract; each has a sample in ``samples/tasks``."""

from __future__ import annotations

from automl.tasks.catalog import TASKS
from automl.testing.samples import discovered
from automl.testing.tasks import TaskContract

SAMPLES = discovered("tests.contracts.samples.tasks")


class TestTasks(TaskContract):
    samples = SAMPLES


def test_every_task_has_a_sample():
    own = {name for name in TASKS if TASKS.origin(name) is None}

    assert {sample.name for sample in SAMPLES} == own
