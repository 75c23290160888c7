"""The shelf of a job: the best dozen trials, as far as they fit, also after a kill."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.specs import Objective, TrialRecord
from automl.jobs.folder import JobFolder
from automl.jobs.search import shelf as shelves
from automl.jobs.search.shelf import MOST_TRIALS, Shelf
from automl.jobs.trial.kept import save_found
from automl.jobs.trial.plan import Found, TrialEnd

RMSE = Objective(name="rmse", direction="minimize")


@pytest.fixture
def folder(tmp_path):
    made = JobFolder(tmp_path)
    made.candidates.mkdir()
    return made


def record(number, score, **changed) -> TrialRecord:
    known = {"state": "complete", "scores": (float(score),), "best_epoch": 1, **changed}
    return TrialRecord(number=number, configuration={}, **known)


def end(folder, number, score, **changed) -> TrialEnd:
    """Of a trial whose worker has kept it."""
    made = record(number, score, **changed)
    save_found(Found(variables=(np.zeros(250, np.float32),)), made, folder.found_by(number))
    return TrialEnd(record=made, kept=True)


def files(folder) -> list[int]:
    return sorted(int(path.stem) for path in folder.candidates.iterdir())


def size(folder, times) -> float:
    """Bytes of so many files."""
    return times * folder.found_by(0).stat().st_size


def test_the_best_dozen_is_kept_whatever_the_order(folder):
    shelf = Shelf(folder, RMSE)
    scores = np.random.default_rng(0).permutation(20)
    for number, score in enumerate(scores):
        shelf.put(end(folder, number, score))

    best = sorted(range(20), key=lambda number: scores[number])[:MOST_TRIALS]
    assert files(folder) == sorted(best)
    assert [item.number for item in shelf.records] == best
    assert shelf.bar() == record(best[-1], scores[best[-1]])


def test_while_there_is_room_there_is_no_bar(folder):
    shelf = Shelf(folder, RMSE)
    shelf.put(end(folder, 0, 1.0))

    assert shelf.bar() is None


def test_bytes_are_limited_but_for_the_best(folder, monkeypatch):
    shelf = Shelf(folder, RMSE)
    shelf.put(end(folder, 0, 10))
    monkeypatch.setattr(shelves, "MOST_BYTES", size(folder, 2.5))
    for number in range(1, 4):
        shelf.put(end(folder, number, 10 - number))

    assert files(folder) == [2, 3]
    assert shelf.bar() == record(2, 8)
    monkeypatch.setattr(shelves, "MOST_BYTES", 1)
    shelf.put(end(folder, 4, 1))
    assert files(folder) == [4]


def test_a_session_goes_on_with_what_is_whole_and_of_its_records(folder):
    first = Shelf(folder, RMSE)
    for number in range(4):
        first.put(end(folder, number, number))
    folder.found_by(1).write_bytes(b"broken")
    known = [record(0, 0), record(1, 1), record(2, 7.0), record(3, 3)]

    again = Shelf(folder, RMSE, known)

    assert [item.number for item in again.records] == [0, 3]


def test_a_trial_that_goes_on_takes_its_own_place(folder):
    shelf = Shelf(folder, RMSE)
    shelf.put(end(folder, 0, 5.0, state="paused"))
    shelf.put(end(folder, 1, 3.0))
    shelf.put(end(folder, 0, 1.0, best_epoch=4))

    assert [(item.number, item.scores) for item in shelf.records] == [(0, (1.0,)), (1, (3.0,))]


def test_a_trial_that_fails_after_its_pause_is_worth_what_it_was(folder):
    shelf = Shelf(folder, RMSE)
    shelf.put(end(folder, 0, 5.0, state="paused"))
    shelf.put(TrialEnd(record=record(0, 0, state="failed", scores=())))

    assert files(folder) == [0]


def test_what_a_trial_found_before_it_became_better_is_dropped(folder):
    shelf = Shelf(folder, RMSE)
    shelf.put(end(folder, 0, 5.0, state="paused"))
    shelf.put(TrialEnd(record=record(0, 4.0, best_epoch=9)))

    assert (files(folder), shelf.records) == ([], [])


def test_a_complete_job_leaves_its_members_and_little_else(folder, monkeypatch):
    shelf = Shelf(folder, RMSE)
    for number in range(5):
        shelf.put(end(folder, number, number))
    monkeypatch.setattr(shelves, "LEFT_BYTES", size(folder, 2.5))

    shelf.leave([0, 3])

    assert files(folder) == [0, 3]
