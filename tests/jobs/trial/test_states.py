"""States of paused trials: kept, taken, dropped; what cannot be gone on with is said."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from automl.core.errors import DiskFullError
from automl.jobs.trial.states import States, giving_room
from automl.training import state as training_state
from automl.training.engine import TrainingState

STATE = TrainingState(engine="compiled", variables=(np.arange(6.0),), optimizer=(np.array(7),))


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def states(tmp_path: Path, notes: list[str]) -> States:
    return States(folder=tmp_path / "states", note=notes.append)


def numbers(states: States) -> list[str]:
    return sorted(path.name for path in states.folder.iterdir())


def test_a_state_is_kept_by_its_trial_and_taken_as_it_was(states: States, notes: list[str]) -> None:
    states.keep(3, STATE)
    states.keep(12, replace(STATE, stale=4))

    assert numbers(states) == ["12.npz", "3.npz"]
    assert states.take(12, "compiled").stale == 4
    np.testing.assert_array_equal(states.take(3, "compiled").variables[0], STATE.variables[0])
    assert notes == []


def test_a_later_rung_replaces_the_state_before(states: States) -> None:
    states.keep(3, STATE)
    states.keep(3, replace(STATE, stale=2))

    assert states.take(3, "compiled").stale == 2
    assert numbers(states) == ["3.npz"]


def test_the_state_of_a_trial_that_ended_is_dropped(states: States) -> None:
    states.keep(3, STATE)

    states.drop(3)
    states.drop(4)

    assert numbers(states) == []


def test_a_lost_state_is_said(states: States, notes: list[str]) -> None:
    assert states.take(3, "compiled") is None
    assert notes == ["The state of trial 3 is missing, so it restarts from scratch."]


def test_a_damaged_state_is_said_with_its_file(states: States, notes: list[str]) -> None:
    states.keep(3, STATE)
    (states.folder / "3.npz").write_bytes(b"PK cut off")

    assert states.take(3, "compiled") is None
    assert "3.npz" in notes[0]
    assert notes[0].endswith("Trial 3 restarts from scratch.")


def test_the_state_of_another_engine_is_left(states: States, notes: list[str]) -> None:
    states.keep(3, STATE)

    assert states.take(3, "reference") is None
    assert notes == ["Trial 3 was trained by another engine and restarts with 'reference'."]


def test_the_oldest_are_dropped_when_the_room_is_used(states: States) -> None:
    for number in range(4):
        states.keep(number, STATE)
        os.utime(states.folder / f"{number}.npz", ns=(number, number))
    size = (states.folder / "0.npz").stat().st_size

    replace(states, most_bytes=2 * size).keep(4, STATE)

    assert numbers(states) == ["3.npz", "4.npz"]


def test_the_newest_is_kept_even_when_it_alone_takes_more(states: States) -> None:
    replace(states, most_bytes=1).keep(0, STATE)

    assert numbers(states) == ["0.npz"]


@pytest.fixture
def small_disk(states: States, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A disk that takes as many states as the list's only number says, other things left out."""
    room, save = [2], training_state.save_state

    def saved(state: TrainingState, path: Path) -> None:
        if len({*states.folder.glob("*.npz"), path}) > room[0]:
            raise DiskFullError("no room")
        save(state, path)

    monkeypatch.setattr(training_state, "save_state", saved)
    return room


def test_on_a_full_disk_the_oldest_states_give_room(
    states: States, small_disk: list[int], notes: list[str]
) -> None:
    for number in (5, 3):
        states.keep(number, STATE)
        os.utime(states.folder / f"{number}.npz", ns=(number, number))

    assert states.keep(4, STATE)
    assert numbers(states) == ["4.npz", "5.npz"]
    assert notes == []


def test_without_any_room_a_trial_keeps_the_state_it_had_and_says_so_once(
    states: States, small_disk: list[int], notes: list[str]
) -> None:
    states.keep(3, STATE)
    small_disk[0] = 0

    assert not states.keep(3, replace(STATE, stale=2))
    assert not states.keep(3, replace(STATE, stale=3))
    assert states.take(3, "compiled").stale == 0
    assert [note.partition(";")[0] for note in notes] == ["The state of trial 3 could not be saved"]


def test_what_matters_more_than_states_fails_only_without_any(states: States) -> None:
    states.keep(3, STATE)

    def write() -> None:
        raise DiskFullError("no room")

    with pytest.raises(DiskFullError):
        giving_room(states.folder, write)
    assert numbers(states) == []
