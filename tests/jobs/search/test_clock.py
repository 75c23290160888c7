"""The seconds that a job has used: written down while it runs, and read whatever a kill has left."""

from __future__ import annotations

import time

import pytest

from automl.jobs.folder import JobFolder, write_json
from automl.jobs.search import clock
from automl.jobs.search.clock import counted, seconds_used


@pytest.fixture
def folder(tmp_path):
    return JobFolder(tmp_path)


def test_what_a_session_uses_is_written_down_while_it_runs(folder, monkeypatch):
    monkeypatch.setattr(clock, "PERIOD_SECONDS", 0.01)
    write_json(folder.state, {"seconds": 100.0})

    with counted(folder, time.monotonic() - 20) as earlier:
        time.sleep(0.05)
        known = seconds_used(folder)

    assert earlier == 100.0
    assert 120.0 <= known <= seconds_used(folder) < 130.0


@pytest.mark.parametrize("left", ["", "12", "nan", "-5", "half a", "\0\0\0", None])
def test_a_broken_clock_file_counts_as_none(folder, left):
    write_json(folder.state, {"seconds": 30.0})
    if left is None:
        folder.clock.mkdir()
    else:
        folder.clock.write_text(left)

    assert seconds_used(folder) == 30.0
