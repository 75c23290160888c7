"""A study in PostgreSQL whose server is stopped and started again, and what else it waits for."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager

import optuna
import pytest
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage, get_storage
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError

from automl.study.opening import open_proposer
from automl.study.proposals.drawing import Drawn, begin, draw
from automl.study.proposals.evidence import gather
from automl.study.proposals.rung_sampler import RungSampler
from automl.study.storage import patience
from automl.study.storage.patience import away, patient
from benchmarks.workers.pretended import ACCURACY, SPACE
from tests.postgres import running_server


class Away(OperationalError):
    def __init__(self):
        super().__init__("SELECT 1", {}, Exception("connection refused"))


@pytest.fixture
def storage(tmp_path, monkeypatch):
    monkeypatch.setattr(patience, "PAUSES", (0.01, 0.01))
    return RDBStorage(f"sqlite:///{tmp_path / 'study.db'}")


def failing(storage, times, error):
    real, left = storage.get_all_studies, [times]

    def operation():
        if left[0]:
            left[0] -= 1
            raise error
        return real()

    storage.get_all_studies = operation
    return storage


def test_an_operation_is_tried_until_the_data_base_answers(storage):
    notes = []

    waiting = patient(failing(storage, 3, Away()), notes.append)

    assert waiting.get_all_studies() == []
    assert [note.split()[3] for note in notes] == ["does", "answers"]


def test_after_its_patience_the_error_is_raised(storage):
    waiting = patient(failing(storage, 99, Away()), lambda text: None, seconds=0.05)

    with pytest.raises(OperationalError):
        waiting.get_all_studies()


def test_a_refusal_is_not_tried_again(storage):
    refusal = StorageInternalError("no")
    refusal.__cause__ = IntegrityError("INSERT", {}, Exception("duplicate"))

    assert not away(refusal)
    with pytest.raises(StorageInternalError):
        patient(failing(storage, 1, refusal), lambda text: None).get_all_studies()


@contextmanager
def answer_lost(storage, statement):
    """What the statement stores is stored, and the connection breaks before that is said."""
    dialect, seen, lost = storage.engine.dialect, [], []
    commit = dialect.do_commit

    @event.listens_for(storage.engine, "after_cursor_execute")
    def notice(connection, cursor, text, *others):
        seen.extend([text] if text.startswith(statement) else [])

    def broken(connection):
        commit(connection)
        if seen and not lost:
            lost.append(seen)
            raise sqlite3.OperationalError("server closed the connection unexpectedly")

    dialect.do_commit = broken
    yield
    dialect.do_commit = commit
    assert lost


@pytest.fixture
def study(storage):
    return optuna.create_study(storage=get_storage(patient(storage, lambda text: None)))


def test_a_trial_of_which_the_answer_was_lost_is_not_created_twice(study, storage):
    study.tell(study.ask(), 1.0)
    with answer_lost(storage, "INSERT INTO trials"):
        asked = [study.ask()]
    asked += [study.ask(), study.ask()]

    for trial in asked:
        study.tell(trial, 2.0)

    assert sorted(trial.number for trial in asked) == [1, 2, 3]
    assert [trial.state.name for trial in study.trials] == ["COMPLETE"] * 4


def test_of_a_whole_trial_that_was_created_twice_one_is_left(study, storage):
    sampler = RungSampler(seed=0)
    drawn = Drawn(configuration=draw(study, SPACE, sampler, 0), origin=sampler.origin)

    with answer_lost(storage, "INSERT INTO trials"):
        trial = begin(study, SPACE, drawn)
    study.tell(trial, 1.0)

    assert sorted(item.state.name for item in study.trials) == ["COMPLETE", "PRUNED"]
    assert gather(study).pending == ()
    assert len(gather(study).seen) == 1


def test_a_trial_that_was_ended_is_not_ended_twice(study, storage):
    trial = study.ask()

    with answer_lost(storage, "UPDATE trials"):
        study.tell(trial, 1.0)

    assert [trial.value for trial in study.trials] == [1.0]


def test_an_enqueued_trial_that_was_begun_is_the_one_that_is_asked_for(study, storage):
    study.enqueue_trial({"x": 0.5})

    with answer_lost(storage, "UPDATE trials"):
        trial = study.ask()

    assert (trial.number, trial.suggest_float("x", 0, 1)) == (0, 0.5)
    assert len(study.trials) == 1


@pytest.fixture
def server():
    with running_server() as running:
        yield running


def test_a_study_outlives_its_servers_restart(server, tmp_path):
    notes = []
    proposer = open_proposer(
        folder=tmp_path,
        name="restarted",
        space=SPACE,
        objectives=(ACCURACY,),
        sampler="random",
        pruner="none",
        storage=server.url,
        note=notes.append,
    )
    first = proposer.ask()
    server.stop()
    threading.Timer(1.0, server.start).start()

    second = proposer.ask()

    assert (first.number, second.number) == (0, 1)
    assert [note.split()[3] for note in notes] == ["does", "answers"]


@pytest.mark.slow
def test_a_search_outlives_a_killed_worker_and_a_restart_of_its_data_base(server, tmp_path):
    from tests.jobs.test_survival import check, kill_one, search

    def around(pool):
        def harm():
            time.sleep(2.0)
            kill_one(pool)
            server.stop()
            time.sleep(2.0)
            server.start()

        threading.Thread(target=harm).start()

    folder = tmp_path / "job"
    folder.mkdir()

    _, proposer = search(folder, trials=60, workers=3, storage=server.url, around=around)

    check(folder, proposer, 60, 1)
