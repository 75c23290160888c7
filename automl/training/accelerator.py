"""What models are trained on: the kind of device, what it can compute, how much memory it has."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from automl.training.strategy import TPU_VARIABLES

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


CERTAIN = 1.5
"""A training is not begun when its footprint is so many times what there is: estimates err."""

CERTAIN_ON_HOST = 0.5
"""The same on the CPU, where nothing tells a training that memory falls short: its process dies. Trainings
took up to 2.6 times their footprint."""


BYTES_PER_CORE = 1e9
"""Activations that a core trains through in a second at most; of a wide transformer it was half of that."""


@dataclass(frozen=True, kw_only=True)
class Accelerator:
    """The device that a model is trained on; of several the least able.

    Attributes:
        kind: ``cpu``, ``gpu`` or ``tpu``.
        capability: compute capability of an NVIDIA GPU, ``(8, 0)`` for Ampere; None for other devices.
        memory_bytes: the device's own memory, on the CPU that of the machine or the container; None
            where it is not known.
    """

    kind: Literal["cpu", "gpu", "tpu"] = "cpu"
    capability: tuple[int, int] | None = None
    memory_bytes: int | None = None

    @property
    def certain(self) -> float:
        """Share of the memory from which the footprint of a training is certain not to fit."""
        return CERTAIN_ON_HOST if self.kind == "cpu" else CERTAIN

    @property
    def bytes_per_second(self) -> float:
        """Activations that a training gets through in a second at most; infinite where nobody knows."""
        return BYTES_PER_CORE * (os.cpu_count() or 1) if self.kind == "cpu" else math.inf


def find_accelerator() -> Accelerator:
    """Return what the running backend trains on."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        return _of_tensorflow()
    return _of_jax() if backend == "jax" else Accelerator(memory_bytes=host_memory())


def host_memory() -> int | None:
    """Bytes of memory of this machine, or of the container that limits it."""
    known = []
    with suppress(OSError, ValueError, AttributeError):
        known.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for limit in _LIMITS:
        # "max" stands for no limit
        with suppress(OSError, ValueError):
            known.append(int(Path(limit).read_text(encoding="ascii")))
    return min(known, default=None)


def visible_gpus() -> tuple[str, ...]:
    """Return the NVIDIA GPUs that this process may use, as ``CUDA_VISIBLE_DEVICES`` names them.

    No framework is loaded for it.
    """
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return tuple(name.strip() for name in chosen.split(",") if name.strip() not in ("", "-1"))
    return tuple(str(index) for index, _ in enumerate(_asked_of_nvidia("index")))


def named_accelerator() -> str:
    """Return what to train on besides the CPU of this machine, in words; empty for nothing.

    No framework is loaded for it: what the environment and the driver say.
    """
    for name in (*TPU_VARIABLES, "TF_CONFIG"):
        if os.environ.get(name):
            return name
    return "a GPU" if visible_gpus() else ""


def _of_tensorflow() -> Accelerator:
    from automl.training.strategies import tf_distribute

    if tf_distribute.has_tpu():
        return Accelerator(kind="tpu")
    capabilities = tf_distribute.gpu_capabilities()
    if not capabilities:
        return Accelerator(memory_bytes=host_memory())
    known = [item for item in capabilities if item is not None]
    least = min(known) if len(known) == len(capabilities) else None
    return Accelerator(kind="gpu", capability=least, memory_bytes=_nvidia_memory())


def _of_jax() -> Accelerator:
    import jax

    devices = jax.devices()
    if devices[0].platform == "cpu":
        return Accelerator(memory_bytes=host_memory())
    limits = [_jax_limit(device) for device in devices]
    memory = None if None in limits else min(item for item in limits if item is not None)
    if devices[0].platform == "tpu":
        return Accelerator(kind="tpu", memory_bytes=memory)
    texts = [str(getattr(device, "compute_capability", "")) for device in devices]
    return Accelerator(kind="gpu", capability=_least_capability(texts), memory_bytes=memory)


def _jax_limit(device: Any) -> int | None:
    limit = (device.memory_stats() or {}).get("bytes_limit")
    return None if limit is None else int(limit)


def _least_capability(texts: list[str]) -> tuple[int, int] | None:
    """From ``["9.0", "8.6"]`` to ``(8, 6)``; None when one of them is no such text."""
    with suppress(ValueError):
        pairs = [(int(major), int(minor)) for major, minor in (text.split(".") for text in texts)]
        return min(pairs)
    return None


def _nvidia_memory() -> int | None:
    """Total memory of the smallest NVIDIA GPU: TensorFlow itself does not tell it."""
    with suppress(ValueError):
        return min((int(line) * 2**20 for line in _asked_of_nvidia("memory.total")), default=None)
    return None


def _asked_of_nvidia(what: str) -> list[str]:
    """What the driver's program says of each GPU; nothing where it is absent."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    query = [program, f"--query-gpu={what}", "--format=csv,noheader,nounits"]
    with suppress(OSError, subprocess.SubprocessError):
        answer = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True)
        return answer.stdout.split()
    return []
