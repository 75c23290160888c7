"""Whose the process is that a job runs in, which decides what may be done to it."""

from __future__ import annotations

from enum import Enum


class Process(Enum):
    """The part that a job has in its process.

    Attributes:
        SHARED: others work in it, such as a notebook: nothing of it is changed, and it is never ended.
        OWN: it does nothing but this job and others, which follow: it is not ended.
        LAST: nothing follows in it, so that it may be ended at once when the time is over.
    """

    SHARED = "shared"
    OWN = "own"
    LAST = "last"

    @property
    def alone(self) -> bool:
        """Whether nothing but jobs runs in it."""
        return self is not Process.SHARED

    @property
    def among_others(self) -> Process:
        """The part of a job that others follow."""
        return Process.OWN if self.alone else Process.SHARED
