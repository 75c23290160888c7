"""Signals interrupt only where they may."""

from __future__ import annotations

import os
import signal

import pytest

from automl.jobs.interrupts import Interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_interrupts_an_exposed_block_at_once(number):
    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt), interrupts.exposed():
        os.kill(os.getpid(), number)


def test_elsewhere_a_signal_waits_for_the_next_exposed_block():
    written = []
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGINT)
        written.append("whole")
        with pytest.raises(KeyboardInterrupt), interrupts.exposed():
            written.append("never")

    assert written == ["whole"]


def test_a_second_signal_interrupts_anywhere():
    with Interrupts():
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_handlers_are_put_back():
    before = signal.getsignal(signal.SIGINT)

    with Interrupts():
        assert signal.getsignal(signal.SIGINT) is not before

    assert signal.getsignal(signal.SIGINT) is before
