"""Signals: the first is remembered, the second interrupts; SIGTERM sends its second by itself."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

import pytest

from automl.jobs.search import interrupts as module
from automl.jobs.search.interrupts import Interrupts, endings_interrupt, never_swallowed

pytestmark = pytest.mark.usefixtures("hangups")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_is_remembered_and_interrupts_nothing(number):
    with Interrupts() as interrupts:
        before = interrupts.requested
        os.kill(os.getpid(), number)

        assert (before, interrupts.requested) == (False, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_second_signal_interrupts_at_once(number, monkeypatch):
    monkeypatch.setattr(module, "VOLLEY_SECONDS", 0.0)

    with Interrupts():
        os.kill(os.getpid(), number)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)


def test_after_sigterm_the_second_comes_by_itself(monkeypatch):
    monkeypatch.setattr(module, "SIGTERM_SECONDS", 0.05)

    with Interrupts():
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            time.sleep(20)


def test_a_terminal_that_closes_sends_several_signals_at_once_which_are_one():
    with Interrupts() as interrupts:
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), number)

    assert interrupts.requested


def test_a_terminal_that_is_gone_cannot_be_told():
    def note(text):
        raise BrokenPipeError(32, "Broken pipe")

    with Interrupts(note) as interrupts:
        os.kill(os.getpid(), signal.SIGHUP)

    assert interrupts.requested


def test_what_the_process_was_started_to_ignore_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            os.kill(os.getpid(), signal.SIGHUP)
        assert not interrupts.requested
    finally:
        signal.signal(signal.SIGHUP, before)


def test_where_nothing_is_saved_yet_an_ending_interrupts():
    with pytest.raises(KeyboardInterrupt), endings_interrupt():
        os.kill(os.getpid(), signal.SIGHUP)


def test_handlers_are_put_back():
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    before = [signal.getsignal(number) for number in numbers]

    with Interrupts():
        assert signal.getsignal(signal.SIGINT) is not before[0]
        os.kill(os.getpid(), signal.SIGTERM)

    assert [signal.getsignal(number) for number in numbers] == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def taken_for_a_missing_part():
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        raise ImportError("you need to install optree") from None


def dropped():
    with suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("work", [taken_for_a_missing_part, dropped])
def test_an_interruption_that_a_library_makes_something_else_of_is_one(work):
    before = signal.getsignal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt), never_swallowed():
        work()

    assert signal.getsignal(signal.SIGINT) is before


def test_what_is_no_interruption_stays_what_it_is():
    with pytest.raises(ImportError, match="no such part"), never_swallowed():
        raise ImportError("no such part")
