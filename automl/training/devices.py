"""The backend's devices and settings, whichever backend it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import keras

from automl.private_keras import spare_tensorflow

_DETERMINISTIC = "--xla_gpu_deterministic_ops=true"

_MOST_DEVICES = 8
"""Of a processor: as many as there are folds at most."""


def configure(*, deterministic: bool = True) -> None:
    """Prepare the backend; call before the first model is built.

    Args:
        deterministic: equal seeds give equal scores on one machine (TensorFlow, and JAX where it has not
            used a device yet; on the CPU JAX and PyTorch do so anyway).
    """
    backend = keras.backend.backend()
    if backend == "jax":
        _configure_jax(deterministic)
    if backend != "tensorflow":
        spare_tensorflow()
        return
    from automl.training.strategies import tf_distribute

    tf_distribute.configure()
    if deterministic:
        tf_distribute.enable_determinism()


def describe_devices() -> tuple[str, ...]:
    """One line per device that the backend sees."""
    if keras.backend.backend() != "tensorflow":
        return tuple(str(device) for device in keras.distribution.list_devices())
    from automl.training.strategies import tf_distribute

    return tf_distribute.describe_devices()


@contextmanager
def quick_to_build() -> Iterator[None]:
    """On JAX spare the optimising of what is compiled within: building a model compiles, for each new
    shape of a weight, functions that run once and took ten times as long to optimise.
    """
    if keras.backend.backend() != "jax":
        yield
        return
    import jax

    before = jax.config.read("jax_disable_most_optimizations")
    jax.config.update("jax_disable_most_optimizations", True)
    try:
        yield
    finally:
        jax.config.update("jax_disable_most_optimizations", before)


def _configure_jax(deterministic: bool) -> None:
    """JAX reads its settings from the environment when it uses a device for the first time."""
    # TensorFlow looks words up beside JAX, and each of them would take most of a GPU's memory at once
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    flags = os.environ.get("XLA_FLAGS", "")
    if deterministic and _DETERMINISTIC.partition("=")[0] not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {_DETERMINISTIC}".strip()
    if "host_platform_device_count" not in flags:
        _divide_processor()


def _divide_processor() -> None:
    """Let each core that this process may use be a device of JAX, among which folds are divided.

    A small network keeps one core busy, whatever it is trained by: eight folds took 0.5 of the time.
    """
    import jax

    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(RuntimeError):  # the user's program has used JAX before
        jax.config.update("jax_num_cpu_devices", min(there, _MOST_DEVICES))
