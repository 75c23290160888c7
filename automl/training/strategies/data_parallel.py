"""Several devices on JAX, through ``keras.distribution``: the model is replicated, batches are sharded.

What was run: two virtual CPU devices, with the same losses as on one. What was not: several real GPUs or
TPU cores, and several machines, which Keras joins by ``keras.distribution.initialize``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, cast

import keras
import numpy as np

from automl.core.errors import ConfigError
from automl.training.devices import quick_to_build

_BATCH = "batch"


class _Distribution(keras.distribution.DataParallel):  # type: ignore[misc]
    """Deals out batches that divide by the devices; others go whole to each device.

    All devices then do the same work: nothing is gained, and nothing is lost of the mean over the batch or
    of the statistics of normalisations, as would be by filling it up.
    """

    def get_data_layout(self, data_shape: Sequence[int]) -> keras.distribution.TensorLayout:
        """Return how an array is laid over the devices by its first axis."""
        even = data_shape[0] % self.num_model_replicas == 0
        axes = [_BATCH if even else None, *(None for _ in data_shape[1:])]
        return keras.distribution.TensorLayout(axes, self.device_mesh)


@dataclass(frozen=True, kw_only=True)
class DataParallel:
    """Copies of a model on the devices of this machine, each trained on its part of every batch.

    Attributes:
        replicas: devices.
        distribution: Keras' own object.
        name: as in the catalog of strategies.
        grain: any batch will do.
        accumulates: a batch can be trained in parts.
    """

    replicas: int
    distribution: Any
    name: str = "data-parallel"
    grain: int = 1
    accumulates: bool = True

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Return the scope in which models and optimizers are built."""
        with self.distribution.scope(), quick_to_build():
            yield

    def training(self) -> AbstractContextManager[Any]:
        """Return the scope in which models are trained and predict."""
        return cast(AbstractContextManager[Any], self.distribution.scope())


def data_parallel(devices: Sequence[str] | None = None) -> DataParallel:
    """Train copies of the model on all devices that JAX has.

    Args:
        devices: as JAX names them, ``["gpu:0", "gpu:1"]``; None takes all of the best kind.

    Raises:
        ConfigError: one device only, or another backend than JAX.
    """
    if keras.backend.backend() != "jax":
        raise ConfigError(
            "Strategy 'data-parallel' needs Keras on JAX, the backend is "
            f"{keras.backend.backend()!r}. Use --backend jax, or --strategy mirrored with TensorFlow."
        )
    names = list(devices or keras.distribution.list_devices())
    if len(names) < 2:
        raise ConfigError(
            f"Strategy 'data-parallel' splits batches over several devices, but JAX sees only {names[0]}. "
            "Use --strategy single; 'automl doctor' lists the devices."
        )
    mesh = keras.distribution.DeviceMesh((len(names),), [_BATCH], np.array(names))
    return DataParallel(
        replicas=len(names), distribution=_Distribution(device_mesh=mesh, auto_shard_dataset=False)
    )


def found() -> DataParallel | None:
    """Return the strategy when JAX has several accelerators; CPU devices are no reason for it."""
    accelerators = [name for name in keras.distribution.list_devices() if not name.startswith("cpu")]
    return data_parallel(accelerators) if len(accelerators) > 1 else None
