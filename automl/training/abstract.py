"""Models without values: shapes of all variables and layers, and no memory for them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import keras

Result = TypeVar("Result")


def in_abstract(work: Callable[[], Result]) -> Result:
    """Do work that builds models, none of whose variables are given values, and return what it gives.

    Keras keeps in mind such variables, names and random seeds per thread and would give the variables
    values at its next opportunity; so this has a thread of its own, which takes all that with it.

    Args:
        work: what it returns may tell shapes and types of variables, but not hold any.
    """
    policy = keras.config.dtype_policy()

    def alone() -> Result:
        keras.config.set_dtype_policy(policy)
        with keras.StatelessScope(initialize_variables=False):
            return work()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(alone).result()
