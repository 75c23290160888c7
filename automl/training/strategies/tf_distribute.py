"""Several devices through ``tf.distribute``, and what else is particular to TensorFlow.

Beside ``programs/on_tensorflow.py`` the only module that imports TensorFlow. What was run: ``mirrored`` on
two virtual CPU devices, with the same losses as on one. What was not: ``mirrored`` on several real GPUs,
``multi-worker`` over several machines, ``tpu`` on a real TPU; of the last, resolution and refusal were run
with the resolver replaced. Keras hands each replica its share of the batch, so the batch size is always
that of all replicas. A batch that does not divide by them is filled up with its first examples. Batch
normalisations take the statistics of each replica's share.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, cast

import keras
import tensorflow as tf

from automl.core.errors import ConfigError
from automl.training.strategy import TPU_VARIABLES


@dataclass(frozen=True, kw_only=True)
class Distributed:
    """A ``tf.distribute`` strategy under our name.

    Attributes:
        name: as in the catalog of strategies.
        replicas: copies of the model that train together.
        strategy: TensorFlow's own object.
        accumulates: Keras' optimizers (3.15) cannot sum gradients on several replicas.
    """

    name: str
    replicas: int
    strategy: Any
    accumulates: bool = False

    @property
    def grain(self) -> int:
        """As many examples for each replica: Keras 3.15 fails to train on shares of different sizes."""
        return self.replicas

    def scope(self) -> AbstractContextManager[Any]:
        """Return the scope in which models and optimizers are built."""
        return cast(AbstractContextManager[Any], self.strategy.scope())

    def training(self) -> AbstractContextManager[Any]:
        """Return a context that changes nothing: Keras enters the scope that a model was built in."""
        return nullcontext()


def found() -> Distributed | None:
    """Return the strategy that the environment calls for, None for one device."""
    if any(os.environ.get(name) for name in TPU_VARIABLES):
        return tpu()
    if len(_workers()) > 1:
        return multi_worker()
    return mirrored() if len(tf.config.list_physical_devices("GPU")) > 1 else None


def mirrored(devices: Sequence[str] | None = None) -> Distributed:
    """Train copies of the model on all GPUs of this machine.

    Args:
        devices: logical devices, e.g. ``["CPU:0", "CPU:1"]``; None takes all GPUs.

    Raises:
        ConfigError: no GPU, or another backend than TensorFlow.
    """
    _check_backend("mirrored")
    if devices is None and not tf.config.list_physical_devices("GPU"):
        raise ConfigError(
            "Strategy 'mirrored' trains on all GPUs of this machine, but TensorFlow sees none. "
            "Use --strategy single; 'automl doctor' lists the devices."
        )
    return _wrap("mirrored", tf.distribute.MirroredStrategy(list(devices) if devices else None))


def multi_worker() -> Distributed:
    """Train copies of the model on several machines, each of which runs the same command.

    The environment variable ``TF_CONFIG`` names the machines, as TensorFlow documents.

    Raises:
        ConfigError: ``TF_CONFIG`` is absent or wrong, or another backend than TensorFlow.
    """
    _check_backend("multi-worker")
    if not _workers():
        raise ConfigError(
            "Strategy 'multi-worker' reads its machines from the environment variable TF_CONFIG: expected "
            'JSON like {"cluster": {"worker": ["host1:2222", "host2:2222"]}, '
            '"task": {"type": "worker", "index": 0}}, '
            f"got {os.environ.get('TF_CONFIG') or 'nothing'}."
        )
    return _wrap("multi-worker", tf.distribute.MultiWorkerMirroredStrategy())


def tpu() -> Distributed:
    """Train on the TPU that ``TPU_NAME`` names, or on the one of this machine.

    Raises:
        ConfigError: no TPU answers, or another backend than TensorFlow.
    """
    _check_backend("tpu")
    name = os.environ.get("TPU_NAME", "local" if os.environ.get("TPU_WORKER_ID") else "")
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(tpu=name)
        if name != "local":
            tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
    except (ValueError, RuntimeError, OSError, tf.errors.OpError) as error:
        raise ConfigError(
            f"Strategy 'tpu' found no TPU{f' named {name!r}' if name else ''} ({_first_line(error)}). "
            "Set TPU_NAME to its name or address, or use --strategy single."
        ) from error
    return _wrap("tpu", tf.distribute.TPUStrategy(resolver))


def configure() -> None:
    """Let GPU memory grow as needed instead of taking it all, and quiet what users cannot act on.

    Call before the first operation; later calls change nothing.
    """
    # many small models in one process look to TensorFlow like needless retracing; it is not
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    for gpu in tf.config.list_physical_devices("GPU"):
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except RuntimeError:
            return  # the devices are in use already


def enable_determinism() -> None:
    """Make every operation give the same result each time, so that equal seeds give equal scores.

    On two CPU cores an epoch of a dense net or an LSTM took the same processor time with it, one of a
    convolutional net 7 % more. On GPUs it also keeps Keras from compiling with XLA; not measured.
    """
    tf.config.experimental.enable_op_determinism()


def describe_devices() -> tuple[str, ...]:
    """One line per device that TensorFlow sees, e.g. ``GPU:0 NVIDIA H100``."""
    lines = []
    for device in tf.config.list_physical_devices():
        facts = tf.config.experimental.get_device_details(device) if device.device_type == "GPU" else {}
        label = ":".join(device.name.split(":")[-2:])
        lines.append(f"{label} {facts.get('device_name', '')}".strip())
    return tuple(lines)


def gpu_capabilities() -> list[tuple[int, int] | None]:
    """Return the compute capability of each GPU, None for one that has no such thing."""
    details = [
        tf.config.experimental.get_device_details(gpu) for gpu in tf.config.list_physical_devices("GPU")
    ]
    return [facts.get("compute_capability") for facts in details]


def has_tpu() -> bool:
    """Whether the environment names a TPU, or this machine has one."""
    named = any(os.environ.get(name) for name in TPU_VARIABLES)
    return named or bool(tf.config.list_physical_devices("TPU"))


def _wrap(name: str, strategy: Any) -> Distributed:
    return Distributed(name=name, replicas=int(strategy.num_replicas_in_sync), strategy=strategy)


def _check_backend(name: str) -> None:
    if keras.backend.backend() != "tensorflow":
        raise ConfigError(
            f"Strategy {name!r} needs Keras on TensorFlow, the backend is {keras.backend.backend()!r}. "
            "Use --backend tensorflow, or --strategy single."
        )


def _workers() -> list[str]:
    try:
        return list(json.loads(os.environ.get("TF_CONFIG") or "{}")["cluster"]["worker"])
    except (ValueError, KeyError, TypeError):
        return []


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
