"""Memory between trials: given back now and then, at a small share of the time."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from automl.training import memory
from automl.training.memory import seldom, settled


class Clock:
    """A clock that goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(memory, "time", made)
    return made


def test_releasing_takes_a_hundredth_of_the_time_at_most(clock: Clock) -> None:
    releases = []

    def release() -> None:
        releases.append(clock.now)
        clock.now += 0.2

    release_seldom = seldom(release)
    began = clock.now
    for _ in range(1000):
        clock.now += 0.1
        release_seldom()

    assert len(releases) >= 4
    assert 0.2 * (len(releases) - 1) <= 0.01 * (clock.now - began)


def test_after_a_long_trial_there_is_always_a_release(clock: Clock) -> None:
    releases: list[float] = []
    release_seldom = seldom(lambda: releases.append(clock.now))

    for _ in range(3):
        clock.now += 60.0
        release_seldom()

    assert len(releases) == 3


@pytest.fixture
def nothing_permanent() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("nothing_permanent")
def test_what_is_settled_is_permanent_for_as_long() -> None:
    with settled():
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0


@pytest.mark.usefixtures("nothing_permanent")
def test_what_was_permanent_before_stays_so() -> None:
    gc.freeze()
    with settled():
        pass
    assert gc.get_freeze_count() > 0
