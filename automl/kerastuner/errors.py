"""What ends a trial, and what ends the program, in KerasTuner's words.

Any other exception in a trial is a failure of that trial: it is tried again, as often as allowed.
"""

from __future__ import annotations


class FailedTrialError(Exception):
    """Raised by a program to give up a trial without another attempt."""


class FatalError(Exception):
    """Raised to end the search: it is no fault of one trial."""


class FatalValueError(FatalError, ValueError):
    """A value that ends the search."""


class FatalTypeError(FatalError, TypeError):
    """A type that ends the search."""


class FatalRuntimeError(FatalError, RuntimeError):
    """A state of things that ends the search."""
