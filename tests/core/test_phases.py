"""Phases tell how far they are, nest, and end at the deadline with a sentence."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from automl.core.errors import TimeUpError
from automl.core.phases import Phase, Phases, Timings


def test_an_inner_phase_is_told_and_then_the_outer_one_again():
    heard: list[str | None] = []
    phases = Phases(lambda phase: heard.append(phase and phase.name))

    with phases.phase("reading"), phases.phase("decoding"):
        pass

    assert heard == ["reading", "decoding", "reading", None]


def test_outer_phases_are_timed_from_the_start_of_the_command():
    timings = Timings(time.monotonic() - 100)
    phases = Phases(timings=timings)

    with phases.phase("reading"), phases.phase("decoding"):
        time.sleep(0.01)
    with timings.of("all trials"):
        pass

    first, second = timings
    assert (first.name, second.name) == ("reading", "all trials")
    assert first.begin >= 100
    assert first.seconds >= 0.01
    assert second.begin >= first.begin + first.seconds


def test_steps_are_counted_from_any_thread():
    phase = Phase("decoding", 400)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: phase.advance(), range(400)))

    assert phase.done == 400


def test_over_counts_what_is_done():
    with Phases().phase("reading", 3) as phase:
        counts = [phase.done for _ in phase.over("abc")]

    assert (counts, phase.done) == ([0, 1, 2], 3)


def test_the_deadline_ends_a_phase_with_how_far_it_came_and_what_to_do():
    phase = Phase(
        "decoding pictures", 1500, unit="pictures", advice="smaller ones", deadline=time.monotonic()
    )

    with pytest.raises(TimeUpError) as caught:
        phase.advance(1201)

    assert str(caught.value) == (
        "Time ran out while decoding pictures (1,201 of 1,500 pictures done) before any trial "
        "started. Allow more time (--time), or smaller ones."
    )
    assert caught.value.exit_code == 1


def test_no_phase_begins_after_the_deadline():
    heard: list[Phase | None] = []

    with (
        pytest.raises(TimeUpError, match=r"while reading \(0 s so far\)"),
        Phases(heard.append, deadline=time.monotonic()).phase("reading"),
    ):
        raise AssertionError("it began")

    assert heard == []
