"""Dropout masks that cost almost nothing, for bags on JAX.

Keras draws each number by a generator of 20 rounds, which on a processor took a quarter of a step of three
layers of 128 units. Here a mask is a slice of one fixed sequence, the hashes of 0, 1, 2, ... in 32 bits,
from a place that follows from the seed. Two masks of a training overlap by chance: one pair in some 20,000.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops

_STRIDE = np.uint32(0x9E3779B1)


def hashed(numbers: Any) -> Any:
    """Mix unsigned integers of 32 bits: the last steps of MurmurHash3 (Appleby, 2011)."""
    numbers = (numbers ^ (numbers >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    numbers = (numbers ^ (numbers >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return numbers ^ (numbers >> np.uint32(16))


def kept_units(state: Any, shape: Sequence[int], rate: Any) -> Any:
    """Draw which units stay.

    Args:
        state: seed and count ``(2,) uint32``.
        shape: of the mask.
        rate: share of units that are left out, in (0, 1).

    Returns:
        bool of that shape, True with probability ``1 - rate``.
    """
    place = hashed(hashed(state[0]) + state[1] * _STRIDE)
    numbers = hashed(ops.arange(math.prod(shape), dtype="uint32") + place)
    limit = ops.cast((1.0 - rate) * 2.0**32, "uint32")
    return ops.reshape(numbers < limit, shape)
