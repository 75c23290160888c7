"""Memory between the trials of a long search."""

from __future__ import annotations

import gc

import keras


def release() -> None:
    """Give back what finished models held, so that a long search does not grow.

    Models that are still referred to stay usable.
    """
    keras.utils.clear_session(free_memory=False)
    gc.collect()
