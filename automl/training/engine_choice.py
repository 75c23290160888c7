"""Which engine trains a job: chosen by data size, devices and backend, or by the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automl.core.catalog import Catalog
from automl.core.errors import ConfigError, suggest
from automl.training.engine import Split
from automl.training.strategy import Strategy

ENGINES: Catalog[Any] = Catalog(
    "engine",
    {
        "compiled": "automl.training.compiled:CompiledEngine",
        "streaming": "automl.training.streaming:FitEngine",
    },
)
"""``compiled`` holds the data in tensors and compiles whole epochs, ``streaming`` feeds Keras' ``fit``."""

AUTO = "auto"

DEFAULT = "compiled"
"""What ``auto`` takes where both engines can run and the data fits."""

LARGEST_SHARE = 0.25
"""Share of the device's memory that the data may take; weights, activations and a copy need the rest."""

ASSUMED_MEMORY = 4 * 2**30
"""Bytes that a device is taken to have when it does not tell."""


@dataclass(frozen=True, kw_only=True)
class EngineChoice:
    """An engine by name, and why it was taken."""

    name: str
    reason: str


def choose_engine(
    wanted: str, *, backend: str, strategy: Strategy, data_bytes: int, memory_bytes: int | None
) -> EngineChoice:
    """Choose the engine of a job.

    Args:
        wanted: ``auto`` or a name in ``ENGINES``.
        backend: the Keras backend.
        strategy: the devices.
        data_bytes: size of all preprocessed tensors, training and validation.
        memory_bytes: memory of the device, None where it is not known.

    Raises:
        ConfigError: no such engine, or one that cannot run here.
    """
    check_engine(wanted, backend=backend, strategy=strategy)
    if wanted != AUTO:
        return EngineChoice(name=wanted, reason="as asked for")
    obstacle = _obstacle(backend, strategy)
    if obstacle:
        return EngineChoice(name="streaming", reason=obstacle)
    memory = ASSUMED_MEMORY if memory_bytes is None else memory_bytes
    shown = f"{_size(data_bytes)} of data, {_size(memory)} of memory"
    fits = data_bytes <= LARGEST_SHARE * memory
    return EngineChoice(name=DEFAULT if fits else "streaming", reason=shown)


def check_engine(wanted: str, *, backend: str, strategy: Strategy) -> None:
    """Refuse an engine that is unknown or cannot run here; needs no data.

    Raises:
        ConfigError: see the message.
    """
    if wanted != AUTO and wanted not in ENGINES:
        raise ConfigError(f"Unknown engine {wanted!r}. {suggest(wanted, (AUTO, *ENGINES))}")
    obstacle = _obstacle(backend, strategy)
    if wanted == "compiled" and obstacle:
        raise ConfigError(
            f"The compiled engine cannot run here: {obstacle}. Use --engine streaming, or one device "
            "(--strategy single) on the backend tensorflow or jax."
        )


def split_bytes(split: Split) -> int:
    """Bytes that the tensors of a split take on a device: inputs and targets, training and validation."""
    arrays = [*split.train.values(), *split.train_targets.values(), *split.validation.values()]
    return sum(int(array.nbytes) for array in arrays)


def make_engine(name: str, strategy: Strategy, *, splits: int | None = None) -> Any:
    """Import and build an engine.

    Args:
        name: in ``ENGINES``.
        strategy: the devices.
        splits: how many splits an engine keeps on the device, if it keeps any; its own choice by default.
    """
    if name == "streaming":
        return ENGINES[name](strategy)
    return ENGINES[name]() if splits is None else ENGINES[name](splits=splits)


def _obstacle(backend: str, strategy: Strategy) -> str:
    """Why the compiled engine cannot run, or empty."""
    if strategy.replicas > 1:
        return f"strategy {strategy.name!r} trains on {strategy.replicas} replicas"
    return "the backend is torch" if backend == "torch" else ""


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"
