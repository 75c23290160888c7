"""At the end of the time a command ends, whatever it is at, unless there is a model."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

import automl
from automl.core.errors import TimeUpError
from automl.core.phases import Phases
from automl.jobs.search.alarm import SIGNAL, alarm

NATIVE = """
import hashlib, time
from automl.core.phases import Phases
from automl.jobs.search.alarm import alarm
phases = Phases()
with alarm(phases, time.monotonic() + 0.2, forceful=True), phases.phase("hashing"):
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2_000_000_000)
"""


def test_the_alarm_says_what_was_being_done():
    phases = Phases()

    with (
        pytest.raises(TimeUpError, match="while loading Keras"),
        alarm(phases, time.monotonic() + 0.2),
        phases.phase("loading Keras"),
    ):
        time.sleep(60)


def test_before_the_first_model_the_alarm_says_so():
    with pytest.raises(TimeUpError, match="before a trial finished"), alarm(Phases(), time.monotonic()):
        time.sleep(60)


def test_a_library_that_makes_an_error_of_its_own_of_the_alarm_does_not_hide_it():
    with pytest.raises(TimeUpError), alarm(Phases(), time.monotonic()):
        _sleep_in_a_library()


def test_an_alarm_that_was_called_off_is_silent_and_leaves_no_handler():
    before = signal.getsignal(SIGNAL)

    with alarm(Phases(), time.monotonic() + 0.01) as bell:
        bell.off()
        time.sleep(0.02)

    assert signal.getsignal(SIGNAL) == before


def test_a_native_call_that_does_not_return_is_ended_with_the_process():
    outcome = subprocess.run([sys.executable, "-c", NATIVE], capture_output=True, text=True, timeout=60)

    assert outcome.returncode == 1
    assert outcome.stderr.startswith("Error: Time ran out while hashing (")


def test_a_search_that_cannot_read_its_data_in_time_says_so_and_leaves_nothing(tmp_path):
    (tmp_path / "table.csv").write_text("age,income\n1,a\n2,b\n")

    with pytest.raises(TimeUpError, match=r"Time ran out .*--time"):
        automl.search(
            tmp_path / "table.csv",
            target="income",
            time_limit="0.001s",
            out=str(tmp_path / "job"),
            tracking=False,
        )

    assert not (tmp_path / "job").exists()


def _sleep_in_a_library() -> None:
    try:
        time.sleep(60)
    except TimeUpError as error:
        raise TypeError("unsupported callable") from error
