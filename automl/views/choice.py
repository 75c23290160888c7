"""Which view a search gets: none, warnings alone, a live one on terminals and in notebooks, else lines."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO, cast

from automl.core.errors import ConfigError
from automl.core.streams import Lasting
from automl.jobs.progress import Progress, SilentProgress
from automl.views.screens import in_notebook

if TYPE_CHECKING:
    from automl.views.live import LiveProgress
    from automl.views.plain import PlainProgress


class WarningProgress(SilentProgress):
    """Prints nothing but warnings."""

    def note(self, text: str) -> None:
        """See ``Progress``."""
        from automl.views.plain import say

        if text.startswith("Warning"):
            say(text)


@contextmanager
def watching(
    verbose: int = 1, progress: Progress | None = None, *, started: float | None = None
) -> Iterator[Progress]:
    """Open the view of a job for the block below it.

    Args:
        verbose: 0 says nothing, 1 shows the search: live in a terminal (on stderr) and below the cell of a
            notebook, in lines on stderr elsewhere.
        progress: watches instead, if given.
        started: ``time.monotonic()`` of the begin of the command.

    Raises:
        ConfigError: another ``verbose``, or ``progress`` cannot watch.
    """
    if verbose not in (0, 1):
        raise ConfigError(f"verbose: expected 0 (silent) or 1 (shows the search), got {verbose!r}.")
    _refuse_no_view(progress)
    if in_notebook():
        # Optuna loads bars of tqdm's, which warn where there are no widgets; none of them is shown here
        warnings.filterwarnings("ignore", message="IProgress not found")
    if progress is not None or not verbose:
        yield progress or SilentProgress()
        return
    with _own_stderr() as stream:
        view = _view(started, stream)
        try:
            yield view
        finally:
            view.close()


def _refuse_no_view(progress: object) -> None:
    """Refuse what lacks a method before the search begins, and not at the end of its first epoch."""
    methods = [name for name in vars(Progress) if not name.startswith("_")]
    lacking = [name for name in methods if not callable(getattr(progress, name, None))]
    if progress is not None and lacking:
        raise ConfigError(
            f"progress: expected an object with the methods of automl.Progress, got "
            f"{type(progress).__name__} without {', '.join(lacking)}. verbose=1 shows the search."
        )


@contextmanager
def _own_stderr() -> Iterator[TextIO | None]:
    """A duplicate of stderr, open while native output is muted; None if stderr is no real file."""
    try:
        number = os.dup(2) if sys.stderr.fileno() == 2 else None
    except (AttributeError, OSError, ValueError):  # it is closed, or was never there
        number = None
    if number is None:
        yield None
        return
    stream = os.fdopen(number, "w", encoding=sys.stderr.encoding, errors="backslashreplace")
    try:
        yield cast("TextIO", Lasting(stream))
    finally:
        with suppress(OSError):  # nobody listens any more
            stream.close()


def _view(started: float | None, stream: TextIO | None) -> LiveProgress | PlainProgress:
    from automl.views.live import LiveProgress
    from automl.views.plain import PlainProgress
    from automl.views.screens import NotebookScreen, TerminalScreen

    if in_notebook():
        return LiveProgress(started, NotebookScreen())
    if stream is None or not stream.isatty():
        return PlainProgress(started, stream)
    from rich.console import Console

    return LiveProgress(started, TerminalScreen(Console(file=stream)))
