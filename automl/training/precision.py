"""The type of number that models compute in: chosen for the device, in force while a model is built.

Under a mixed policy the layers compute in 16 bits and keep their weights in 32 (Micikevicius et al., 2018).
A Keras layer remembers the policy under which it was made, so the policy is set only around the building
of a model: what is made before and after, preprocessing among it, stays float32.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError, suggest
from automl.training.accelerator import Accelerator, find_accelerator

if TYPE_CHECKING:
    import keras

FULL = "float32"
PRECISIONS = ("auto", FULL, "mixed_bfloat16", "mixed_float16")

_FAST_BFLOAT16, _FAST_FLOAT16 = (8, 0), (7, 0)
"""Compute capabilities from which NVIDIA GPUs multiply matrices of these types in their tensor cores."""


def choose_precision(wanted: str) -> str:
    """Return Keras' name of the policy that a job's models are built under.

    Args:
        wanted: one of ``PRECISIONS``; ``auto`` asks the device, see ``fastest_precision``.

    Raises:
        ConfigError: no such precision.
    """
    if wanted not in PRECISIONS:
        raise ConfigError(f"Unknown precision {wanted!r}. {suggest(wanted, PRECISIONS)}")
    return fastest_precision(find_accelerator()) if wanted == "auto" else wanted


def fastest_precision(device: Accelerator) -> str:
    """Return ``mixed_bfloat16`` for TPUs and GPUs of compute capability 8.0 and more, ``mixed_float16`` for
    those of 7.x, ``float32`` for all else: CPUs, and GPUs that do not tell.
    """
    if device.kind == "tpu":
        return "mixed_bfloat16"
    if device.capability is None or device.capability < _FAST_FLOAT16:
        return FULL
    return "mixed_bfloat16" if device.capability >= _FAST_BFLOAT16 else "mixed_float16"


@contextmanager
def policy(name: str) -> Iterator[None]:
    """Build models under a Keras dtype policy, and put the one before back at the end.

    Args:
        name: as ``choose_precision`` returns it.
    """
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def needs_loss_scaling(model: keras.Model) -> bool:
    """Whether a model has layers that compute in float16, whose small gradients would vanish."""
    return any(layer.compute_dtype == "float16" for layer in model.layers)
