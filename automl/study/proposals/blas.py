"""Linear algebra in one thread: the matrices are so small that threads cost more time than they save, and
the other cores belong to the trials.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Within, NumPy and SciPy use one thread for linear algebra."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> ThreadpoolController:
    """Those that are loaded when it is first asked for; looking for them takes milliseconds."""
    return ThreadpoolController()
