"""How long epochs may be before a deadline."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from automl.training import pace
from automl.training.pace import Pace


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that stands at 100 s."""
    own = SimpleNamespace(now=100.0)
    monkeypatch.setattr(pace, "time", SimpleNamespace(monotonic=lambda: own.now))
    monkeypatch.setattr(pace, "_MARGIN", 1.0)
    return own


def measured(share: float = 0.0, again: float = 0.0) -> Pace:
    """100 s are left for 10 epochs; a step takes 0.1 s."""
    subject = Pace(200.0, 10, share, again)
    subject.trained(1, 4.0, compiled=True)
    subject.trained(10, 1.0, compiled=False)
    return subject


def test_all_epochs_get_an_equal_share_of_the_time() -> None:
    assert measured().fitting(0, 0, 1000) == 100


def test_steps_that_are_done_cost_nothing_more() -> None:
    assert measured().fitting(0, 50, 1000) == 105


def test_what_outputs_and_compiling_take_is_left_out() -> None:
    assert measured(share=20.0).fitting(0, 0, 1000) == 80
    assert measured(again=0.5).fitting(0, 0, 1000) == 98


def test_from_the_second_epoch_on_outputs_count_as_they_were_measured() -> None:
    subject = measured(share=20.0, again=0.5)
    subject.ended(30.0)  # compiles
    subject.ended(5.0)

    assert subject.fitting(2, 0, 1000) == int((100 - 8 * 5) / 0.1 / 8)


def test_the_later_it_is_the_shorter_are_epochs(clock: SimpleNamespace) -> None:
    clock.now = 150.0

    assert measured().fitting(0, 0, 1000) == 50


def test_an_epoch_keeps_a_step_though_the_deadline_has_passed(clock: SimpleNamespace) -> None:
    clock.now = 300.0

    assert measured().fitting(3, 0, 1000) == 1


def test_a_few_quick_steps_say_nothing_until_an_epoch_has_ended() -> None:
    subject = Pace(200.0, 10, 0.0, 0.0)
    assert subject.fitting(0, 0, 1000) is None

    subject.trained(8, 0.008, compiled=False)
    assert subject.fitting(0, 8, 1000) is None

    subject.ended(0.1)
    assert subject.fitting(1, 0, 1_000_000) is not None


def test_what_fits_stays_as_it_is() -> None:
    assert measured().fitting(0, 0, 100) is None
    assert measured().fitting(0, 0, 101) == 100
