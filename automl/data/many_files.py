"""Reading many files: in parallel threads, and what is said when some of them cannot be read."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.phases import Phase

SHARE_OF_BROKEN = 0.05
"""Share of unreadable files above which a source is refused."""

Answer = TypeVar("Answer")


def in_parallel(work: Callable[..., Answer], items: Iterable[object], phase: Phase) -> list[Answer]:
    """Call ``work`` with each item, in threads and deaf to Pillow's warnings, and tell the phase."""

    def step(item: object) -> Answer:
        phase.check()
        answer = work(item)
        phase.advance()
        return answer

    # Filters of warnings belong to the process: threads that set them would leave each other's behind.
    with warnings.catch_warnings(), ThreadPoolExecutor(min(16, os.cpu_count() or 1)) as pool:
        warnings.simplefilter("ignore")
        return list(pool.map(step, items))


def judged(
    faults: Sequence[str], count: int, named: str, *, doing: str, done: str, advice: str = ""
) -> tuple[Note, ...]:
    """From what is wrong with files to a note; none where nothing is.

    Args:
        faults: what is wrong with each file that was asked for, empty where nothing is.
        count: how many files there are.
        named: what they are: ``images of photos``.
        doing: what becomes of unreadable ones: ``are left out``.
        done: the same once it is done, for the note.
        advice: goes behind what is to be done with too many of them.

    Raises:
        DataError: more than 5 % cannot be read.
    """
    broken = [fault for fault in faults if fault]
    if not broken:
        return ()
    said = f"{len(broken)} of {count} {named} cannot be read, the first is {broken[0]}"
    if len(broken) > SHARE_OF_BROKEN * count:
        raise DataError(f"{said}. At most 5 % {doing}: repair or remove the files{advice}.")
    return (Note(f"{said}; they {done}.", len(broken) / len(faults)),)
