"""Standard streams that outlive the terminal or the pipe behind them.

A search may run for days, and whoever reads its output (``| head``, a terminal, an ssh session) may be gone
long before it ends. From then on output is discarded, and printing never fails.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import Any, TextIO

_GONE = (errno.EPIPE, errno.EIO, errno.ENXIO, errno.EBADF, errno.ECONNRESET)
"""What the system says of a pipe, a terminal or a descriptor that is no more."""


class Lasting:
    """A text stream that goes silent when its reader is gone.

    Args:
        stream: what is written to as long as that works.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text, somewhere or nowhere."""
        try:
            return self._stream.write(text)
        except (OSError, ValueError) as error:
            self._silence(error)
            return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Bring what was written to its reader."""
        try:
            self._stream.flush()
        except (OSError, ValueError) as error:
            self._silence(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Any:
        return iter(self._stream)

    def _silence(self, error: Exception) -> None:
        """Let the descriptor lead nowhere: native code, children and Python's own end write to it, too.

        Raises:
            OSError: another fault than a reader that is gone, as a disk that is full: it is told.
        """
        if isinstance(error, OSError) and error.errno not in _GONE:
            raise error
        with suppress(OSError, ValueError):
            sink = os.open(os.devnull, os.O_WRONLY)
            os.dup2(sink, self._stream.fileno())
            os.close(sink)


def outlive_readers() -> None:
    """Make standard output and standard error of this process lasting ones."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # started with the descriptor closed
            stream = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
        if not isinstance(stream, Lasting):
            setattr(sys, name, Lasting(stream))
