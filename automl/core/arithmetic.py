"""How wide the numbers of the layers are that compute in 64 bits where they can.

Graphs for some runtimes have to do with 32. Layers ask for the width when they are traced, so that one
model serves both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_width = ContextVar("width", default="float64")


def widest_float() -> str:
    """Return the widest type of floating-point numbers that is to be used, by NumPy's name."""
    return _width.get()


@contextmanager
def in_32_bits() -> Iterator[None]:
    """Trace layers within the block in float32."""
    token = _width.set("float32")
    try:
        yield
    finally:
        _width.reset(token)
