"""Standard streams whose reader is gone."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from automl.core.streams import Lasting


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    with os.fdopen(writing, "w", buffering=1) as stream:
        yield reading, stream


def test_what_is_printed_after_the_reader_has_gone_goes_nowhere(pipe):
    reading, stream = pipe
    lasting = Lasting(stream)
    print("first", file=lasting, flush=True)
    heard = os.read(reading, 100)
    os.close(reading)

    for _ in range(3):
        print("more" * 10_000, file=lasting, flush=True)
    os.write(stream.fileno(), b"native code writes, too")

    assert heard == b"first\n"


def test_a_closed_stream_goes_silent(pipe):
    reading, stream = pipe
    os.close(reading)
    stream.close()

    assert Lasting(stream).write("text") == 4


def test_a_full_disk_is_told(pipe):
    class Full:
        def write(self, text):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        Lasting(Full()).write("text")


@pytest.mark.parametrize("closing", ["2>&-", ">&-", "2>&1 | head -n 1", "2>&1 | true"])
def test_a_command_whose_streams_are_closed_ends_as_ever(closing):
    command = f"{sys.executable} -m automl spaces {closing}; exit ${{PIPESTATUS[0]}}"

    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True)

    assert ended.returncode == 0
    assert ended.stderr == ""
