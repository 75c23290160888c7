"""A disk that is really full: one clear error, nothing half written, and what was searched is kept."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import optuna
import pytest

import automl
from automl.core.errors import DiskFullError
from automl.core.files import DRAFT
from automl.core.specs import Objective, TrialRecord
from automl.jobs.finish.finish import save_model
from automl.jobs.folder import JobFolder
from automl.jobs.progress import SilentProgress
from automl.jobs.trial.kept import keep
from automl.jobs.trial.plan import Found, Plan, TrialEnd
from automl.jobs.trial.states import States
from automl.study.storage.storage import open_storage

SIZE = 24 * 10**6
"""Of the disk, in bytes: a job with its plots takes 10 MB of it."""


@pytest.fixture
def disk(tmp_path):
    """A file system of its own, in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", place], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(place: Path, *, but: int = 0) -> None:
    """Leave ``but`` bytes of room."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    os.truncate(ballast, ballast.stat().st_size - but)


def drafts(place: Path) -> list[Path]:
    return [*place.rglob(f"{DRAFT}*")]


def test_a_model_finds_no_room_and_then_some(disk):
    import keras

    model = keras.Sequential([keras.Input((300,)), keras.layers.Dense(300)])
    fill(disk, but=100_000)

    with pytest.raises(DiskFullError, match=r"a.keras: No space left on device"):
        save_model(model, disk / "a.keras")
    assert [path.name for path in disk.iterdir()] == ["ballast"]
    fill(disk, but=600_000)
    save_model(model, disk / "a.keras")
    assert sorted(path.name for path in disk.iterdir()) == ["a.keras", "ballast"]


RECORDS = [
    TrialRecord(number=number, configuration={}, state="complete", scores=(0.1 * number,), best_epoch=1)
    for number in range(4)
]


def kept(disk, number, best, notes):
    """Whether what a trial has found, 400 kB, is kept when another one is the best so far."""
    import numpy as np

    found = Found(variables=(np.zeros(100_000, "float32"),))
    plan = Plan(number=number, configuration={}, seed=0, run_id="", best=best)
    end = TrialEnd(record=RECORDS[number], found=found)
    return keep(
        end, plan, Objective(name="accuracy", direction="maximize"), JobFolder(disk), notes.append
    ).kept


def test_what_trials_have_found_gives_room_to_the_best_one_and_to_no_other(disk):
    notes = []
    fill(disk, but=1_000_000)
    before = [kept(disk, number, None, notes) for number in (1, 2)]

    worse = kept(disk, 0, RECORDS[2], notes)
    better = kept(disk, 3, RECORDS[2], notes)

    assert (before, worse, better) == ([True, True], False, True)
    assert len(notes) == 1
    assert notes[0].startswith("The weights of trial 0 are not kept.")
    assert sorted(path.name for path in (disk / "candidates").iterdir()) == ["2.npz", "3.npz"]


def test_states_give_room_to_a_newer_one(disk):
    import numpy as np

    from automl.training.engine import TrainingState

    notes = []
    states = States(folder=disk / "states", note=notes.append)
    state = TrainingState(engine="compiled", variables=(np.zeros(100_000, "float32"),), optimizer=())
    fill(disk, but=1_000_000)
    kept = [states.keep(number, state) for number in range(4)]

    assert kept == [True] * 4
    assert sorted(path.name for path in states.folder.iterdir()) == ["2.npz", "3.npz"]
    assert notes == []


class Filling(SilentProgress):
    """Fills the disk when a trial begins."""

    def __init__(self, disk: Path, number: int) -> None:
        super().__init__()
        self.disk, self.number = disk, number

    def trial_started(self, number, configuration, epochs):
        if number == self.number:
            fill(self.disk)


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_search_stops_with_one_error_and_goes_on_when_there_is_room(disk, workers):
    with pytest.raises(DiskFullError) as caught:
        automl.search(
            "sklearn:wine",
            family="linear",
            trials=4,
            epochs=2,
            workers=workers,
            out=str(disk / "job"),
            tracking_uri=f"sqlite:///{disk.parent / 'mlflow.db'}",
            progress=Filling(disk, 2),
        )
    storage = open_storage(disk / "job", None)
    known = len(optuna.load_study(study_name=None, storage=storage).trials)
    (disk / "ballast").unlink()
    result = automl.resume(disk / "job")

    assert str(caught.value).startswith(f"Cannot write {disk / 'job'}")
    assert str(caught.value).endswith(f"Then continue with `automl resume {disk / 'job'}`.")
    assert known >= 2
    assert result.summary["state"] == "complete"
    assert [trial.number for trial in result.study.trials] == list(range(4))
    assert all(trial.state.is_finished() for trial in result.study.trials)
    assert drafts(disk) == []
