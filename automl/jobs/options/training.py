"""By what models are trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from automl.core.amounts import AUTO
from automl.core.errors import ConfigError, suggest
from automl.jobs.options.option import OptionGroup, option

BACKENDS = (AUTO, "tensorflow", "jax", "torch")


@dataclass(frozen=True, kw_only=True)
class TrainingOptions(OptionGroup):
    """Backend, engine, precision and devices."""

    backend: str = option(
        AUTO,
        "Keras backend: auto, tensorflow, jax or torch; auto: KERAS_BACKEND, else jax for tables and "
        "sounds on a CPU, tensorflow for all else",
        metavar="B",
    )
    engine: str = option("auto", "auto, compiled or streaming; auto: by data size and devices", metavar="E")
    precision: str = option(
        "auto", "auto, float32, mixed_bfloat16 or mixed_float16; auto: by device", metavar="P"
    )
    strategy: str = option(
        "auto", "auto, single, mirrored, data-parallel, multi-worker or tpu", metavar="S"
    )
    compile_cache: bool = option(
        True,
        "keep compiled programs for later searches, in the user's folder of caches",
        off="do not keep compiled programs for later searches",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.backend not in BACKENDS:
            raise ConfigError(f"Unknown backend {self.backend!r}. {suggest(self.backend, BACKENDS)}")


class TrainingArguments(TypedDict, total=False):
    """``TrainingOptions`` as Python takes them."""

    backend: str
    engine: str
    precision: str
    strategy: str
    compile_cache: bool
