"""A store is the same store, whether this process speaks to it or one of its own does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from mlflow.entities import Experiment
from mlflow.exceptions import MlflowException
from mlflow.protos.service_pb2 import GetExperimentByName

from automl.testing.trackers import JOB
from automl.tracking import delivery_process
from automl.tracking.delivery import Delivery
from automl.tracking.delivery_process import DeliveryProcess
from automl.tracking.earlier import TRIAL_TAG
from automl.tracking.mlflow_tracker import MlflowTracker
from automl.tracking.operation import Operation, provisional_id
from automl.tracking.store import Store, StoreError
from tests.tracking.fakes import read_mlflow


@pytest.fixture(scope="module", params=[Delivery, DeliveryProcess])
def store(
    request: pytest.FixtureRequest, empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    database = tmp_path_factory.mktemp("store") / "mlflow.db"
    shutil.copy(empty_database, database)
    opened: Store = request.param(f"sqlite:///{database}")
    assert opened.open_experiment("kept") == "kept"
    yield opened
    opened.close()


def _create(store: Store, *, number: int = 0, parent: str = "") -> Operation:
    content = {"name": "a run", "tags": {TRIAL_TAG: str(number)}, "parent": parent, "start": 1}
    return Operation(kind="create", run=provisional_id(), content={**content, "session": store.session})


def _params(run: str, **params: str) -> Operation:
    return Operation(kind="batch", run=run, content={"params": [list(item) for item in params.items()]})


def test_what_is_delivered_is_found_under_the_store_s_own_ids(store: Store) -> None:
    parent = _create(store)
    child = _create(store, number=3, parent=parent.run)
    end = Operation(kind="end", run=child.run, content={"status": "FINISHED", "time": 2})

    done = list(store.deliver([parent, child, _params(child.run, depth="2"), end]))

    assert len(done) == 4
    (kept,) = store.children(store.known(parent.run))
    assert kept.id == store.known(child.run) == store.resolve(child.run)
    assert (kept.params, kept.tags[TRIAL_TAG], kept.running, kept.deleted) == (
        {"depth": "2"},
        "3",
        False,
        False,
    )


def test_a_run_whose_creation_is_sent_again_gets_what_is_known_of_it_by_then(store: Store) -> None:
    parent = _create(store)
    child = _create(store, parent=parent.run)
    list(store.deliver([parent, child]))
    tags = {**child.content["tags"], "state": "complete"}

    list(store.deliver([replace(child, content={**child.content, "tags": tags})]))

    (kept,) = store.children(store.known(parent.run))
    assert kept.tags["state"] == "complete"


def test_nothing_behind_an_error_is_carried_out(store: Store) -> None:
    parent, child = _create(store), _create(store)
    done = []

    with pytest.raises(Exception, match="was never created"):
        done.extend(store.deliver([parent, _params(provisional_id(), depth="2"), child]))

    assert store.resolve(parent.run) != ""
    assert store.resolve(child.run) == ""


def test_a_run_of_an_earlier_session_is_adopted_with_its_experiment(store: Store) -> None:
    parent = _create(store)
    list(store.deliver([parent]))
    before = store.experiment
    store.open_experiment("another")

    found = store.adopt(store.known(parent.run))

    assert found is not None
    assert found.id == store.known(parent.run)
    assert store.experiment == before
    assert store.adopt("0" * 32) is None
    assert store.adopt(provisional_id()) is None


@pytest.fixture
def process(empty_database: Path, tmp_path: Path) -> Iterator[DeliveryProcess]:
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    opened = DeliveryProcess(f"sqlite:///{tmp_path / 'mlflow.db'}")
    yield opened
    opened.close()


def test_what_a_killed_process_had_not_answered_is_sent_again_and_not_doubled(
    process: DeliveryProcess,
) -> None:
    process.open_experiment("kept")
    parent = _create(process)
    list(process.deliver([parent]))
    child = _create(process, parent=parent.run)
    list(process.deliver([child]))
    psutil.Process(process.pid).kill()

    with pytest.raises(Exception, match="is gone") as error:
        list(process.deliver([child]))
    list(process.deliver([child, _params(child.run, depth="2")]))

    assert error.value.temporary
    (kept,) = process.children(process.known(parent.run))
    assert kept.params == {"depth": "2"}


def test_answers_that_nobody_read_are_not_taken_for_others(process: DeliveryProcess) -> None:
    process.open_experiment("kept")
    first, second = _create(process), _create(process)

    half = process.deliver([first, second])
    next(half)
    half.close()

    assert process.answers() is True
    assert process.resolve(first.run) == process.known(first.run)


def test_a_store_that_never_answers_is_given_up(process: DeliveryProcess, monkeypatch) -> None:
    process.open_experiment("kept")
    monkeypatch.setattr(delivery_process, "ASK_SECONDS", 0.2)
    hanging = psutil.Process(process.pid)
    hanging.suspend()

    with pytest.raises(StoreError, match="has not answered") as error:
        process.adopt("0" * 32)

    assert error.value.temporary
    assert not hanging.is_running()


def test_a_request_that_hangs_does_not_hold_up_another_one_for_ever(process: DeliveryProcess, monkeypatch):
    monkeypatch.setattr(delivery_process, "ASK_SECONDS", 0.2)

    with process._turn, pytest.raises(StoreError, match="has not answered"):
        process.adopt("0" * 32)


def test_a_server_of_another_kind_that_answers_everything_is_no_mlflow_server(tmp_path, monkeypatch):
    delivery = Delivery(f"sqlite:///{tmp_path / 'mlflow.db'}")
    nothing = Experiment.from_proto(GetExperimentByName.Response().experiment)  # what `{}` is read as
    monkeypatch.setattr(delivery, "_experiment", lambda name: nothing)

    with pytest.raises(MlflowException, match="no MLflow server"):
        delivery.open_experiment("kept")


def test_a_closed_store_asks_no_more_and_leaves_no_process(process: DeliveryProcess) -> None:
    pid = process.pid

    process.close()

    assert not psutil.pid_exists(pid)
    assert process.answers() is False
    assert process.known("run") == process.resolve("run") == "run"


def test_a_tracker_survives_the_process_that_it_sends_from(empty_database: Path, tmp_path: Path) -> None:
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    process = DeliveryProcess(uri)
    tracker = MlflowTracker(process, uri, tmp_path / "job")
    tracker.start_job(JOB)
    tracker.start_trial(0, {"depth": 2}, seed=1)
    psutil.Process(process.pid).kill()
    tracker.start_trial(1, {"depth": 3}, seed=1)
    tracker._outbox.flush(60)  # on a busy machine another process takes its time to load MLflow

    tracker.end_job("complete", {})

    assert sorted(read_mlflow(uri, JOB.name).trials) == [0, 1]
    assert any("unavailable for a while" in note for note in tracker.notes())
    assert process.pid == 0
