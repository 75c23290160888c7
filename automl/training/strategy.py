"""What a strategy is: on which devices one model is trained, as the scope it is built in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from automl.core.catalog import Catalog


class Strategy(Protocol):
    """Devices for one model."""

    @property
    def name(self) -> str:
        """Its name in ``STRATEGIES``."""
        ...

    @property
    def replicas(self) -> int:
        """Copies of the model that train together."""
        ...

    @property
    def grain(self) -> int:
        """What the examples of a batch, or of a part of one, are to be a multiple of; it is filled up."""
        ...

    @property
    def accumulates(self) -> bool:
        """Whether a batch can be trained in parts, one after another."""
        ...

    def scope(self) -> AbstractContextManager[Any]:
        """Context in which models and optimizers are built."""
        ...

    def training(self) -> AbstractContextManager[Any]:
        """Context in which models are trained and predict."""
        ...


STRATEGIES: Catalog[Any] = Catalog(
    "strategy",
    {
        "auto": "automl.training.strategies.automatic:auto",
        "single": "automl.training.strategies.single:single",
        "data-parallel": "automl.training.strategies.data_parallel:data_parallel",
        "mirrored": "automl.training.strategies.tf_distribute:mirrored",
        "multi-worker": "automl.training.strategies.tf_distribute:multi_worker",
        "tpu": "automl.training.strategies.tf_distribute:tpu",
    },
)

BACKENDS: Mapping[str, str] = {
    "data-parallel": "jax",
    "mirrored": "tensorflow",
    "multi-worker": "tensorflow",
    "tpu": "tensorflow",
}
"""The backend of each strategy that has one of its own."""

TPU_VARIABLES = ("TPU_NAME", "TPU_WORKER_ID")
"""Variables of the environment that name a TPU."""
