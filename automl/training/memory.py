"""Memory between the trials of a long search."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import keras

from automl.training.program import COMPILERS

FIRST_SECONDS = 0.05
"""What a collection is taken to cost before the first one."""


@contextmanager
def settled() -> Iterator[None]:
    """Take what has been loaded so far for permanent, so that collections within look only at what is new.

    A collection over all objects of the frameworks takes 0.3 s of processor time, one after this a
    hundredth of it. What was permanent before stays so.
    """
    known = gc.get_freeze_count()
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        if not known:
            gc.unfreeze()


def release() -> None:
    """Give back what finished models held, so that a long search does not grow.

    Models that are still referred to stay usable. ``keras.utils.clear_session`` is not called: it would
    also throw away the compiled kernels of the programs that are kept.
    """
    backend = keras.backend.backend()
    if backend in COMPILERS:
        COMPILERS[backend].forget()
    gc.collect()


def seldom(release: Callable[[], None], share: float = 0.01) -> Callable[[], None]:
    """Return ``release`` as a function that works only when it would take a small share of the time.

    Trials of a tenth of a second are small: that some of them wait for their collection costs less than
    a collection after each.

    Args:
        release: gives back what finished trials held.
        share: of the time, that its work may take.
    """
    last, took = time.monotonic(), FIRST_SECONDS

    def now_and_then() -> None:
        nonlocal last, took
        begun = time.monotonic()
        if share * (begun - last) >= took:
            release()
            last = time.monotonic()
            took = last - begun

    return now_and_then
