"""Why a trial failed, in one short line."""

from __future__ import annotations

import re

_MEMORY = {"ResourceExhaustedError", "OutOfMemoryError"}
_MEMORY_TEXTS = ("RESOURCE_EXHAUSTED", "CUDA_ERROR_OUT_OF_MEMORY", "STATUS_ALLOC_FAILED")
_LENGTH = 200

_COLOURS = re.compile("\x1b\\[[0-9;]*m")
_KERAS = re.compile(
    r"Exception encountered when calling \S+\s+(.*?)(?:\s+Arguments received by \S+\s.*)?", re.DOTALL
)
"""Keras tells which layer was called, and with what, around the message of the error."""


class TooSlowError(Exception):
    """A training that cannot take one step in the time left."""


def failure_reason(error: BaseException) -> str:
    """Return a line for the leaderboard: ``out of memory: ...``, ``too slow: ...``, else the type.

    Args:
        error: what ended the trial.

    Returns:
        At most 240 characters, without line breaks.
    """
    message = " ".join(plain_message(error).split())[:_LENGTH]
    if out_of_memory(error):
        return f"out of memory: {message}".rstrip(": ")
    if isinstance(error, TooSlowError):
        return f"too slow: {message}"
    if isinstance(error, FloatingPointError) or "nan" in message.lower().split():
        return f"not a number: {message}".rstrip(": ")
    return f"{type(error).__name__}: {message}".rstrip(": ")


def plain_message(error: BaseException) -> str:
    """Return what an error says, without the colours and the frame that Keras puts around it."""
    message = _COLOURS.sub("", str(error))
    framed = _KERAS.fullmatch(message.strip())
    return framed[1] if framed else message


def out_of_memory(error: BaseException) -> bool:
    """Whether memory of the device or the machine fell short, on any backend."""
    chain = [error, *([error.__cause__] if error.__cause__ else [])]
    return any(_of_memory(item) for item in chain)


def _of_memory(error: BaseException) -> bool:
    names = {kind.__name__ for kind in type(error).__mro__}
    told = any(text in str(error) for text in _MEMORY_TEXTS)
    return isinstance(error, MemoryError) or bool(names & _MEMORY) or told
