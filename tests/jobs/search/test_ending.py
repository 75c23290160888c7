"""What is kept back for the end follows from what the job itself has shown."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from automl.core.specs import TrialRecord
from automl.jobs.folder import JobFolder
from automl.jobs.search.budget import FINISHING_LEAST
from automl.jobs.search.ending import Ending
from automl.jobs.trial.kept import save_found
from automl.jobs.trial.plan import Found, TrialEnd
from automl.tasks.catalog import restore_task

TASK = restore_task(
    {"kind": "regression", "names": ["y"], "mean": [0], "scale": [1], "low": [-9], "high": [9]}
)
TRUTH = np.zeros((20, 1), np.float32)


def ending(tmp_path, *, joins: bool = True) -> Ending:
    prepared = SimpleNamespace(
        task=TASK, targets={"target": TRUTH}, validation=SimpleNamespace(groups=None)
    )
    setting: Any = SimpleNamespace(prepared=prepared, joins=joins, distills=False)
    return Ending(setting, JobFolder(tmp_path))


def trial(number: int, compiling: float) -> TrialEnd:
    effort = {"compile_seconds": compiling}
    return TrialEnd(record=TrialRecord(number=number, configuration={}, state="complete", effort=effort))


@pytest.mark.parametrize(("joins", "expected"), [(True, 5.0 + 2 * 0.3 * 5.0 * 0.5 * 9), (False, 7.0)])
def test_each_further_network_that_an_ensemble_may_have_is_compiled_twice_more(tmp_path, joins, expected):
    found = ending(tmp_path, joins=joins)
    for kept, seconds in enumerate([4.0, 5.0, 0.0, 6.0], start=7):
        found.hear(trial(kept, seconds), kept)

    assert found.seconds() == pytest.approx(expected)


def test_resampling_takes_as_long_as_scoring_has_taken(tmp_path, monkeypatch):
    clock = itertools.count(0.0, 0.25)
    monkeypatch.setattr("automl.jobs.search.ending.time.monotonic", lambda: next(clock))
    found, end = ending(tmp_path), trial(0, 0.0)
    path = JobFolder(tmp_path).found_by(0)
    path.parent.mkdir()
    save_found(Found(variables=(np.zeros(1),), outputs={"target": TRUTH}), end.record, path)

    found.hear(TrialEnd(record=end.record, kept=True), 1)

    assert found.seconds() == pytest.approx(FINISHING_LEAST + 30 * 0.25)
