"""What is tried, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from automl.core.errors import ConfigError
from automl.jobs.options.option import OptionGroup, option
from automl.spaces.settings import settings_of

LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True, kw_only=True)
class SearchOptions(OptionGroup):
    """Families, their search spaces, and how configurations are chosen."""

    family: tuple[str, ...] = option((), "family to search in; default: all of the modality", metavar="F")
    space: str | None = option(None, "search-space file of your own", metavar="FILE", path="file")
    set: tuple[str, ...] = option(
        (),
        "fix a parameter (learning_rate=1e-3) or narrow it (width=[64,128])",
        metavar="K=V",
        argument="settings",
        parse=settings_of,
    )
    pretrained: str | None = option(
        None,
        "start image families from a pretrained network: efficientnet_lite0, or a Keras model file",
        metavar="NAME",
        path="named",
    )
    pixel_values: str = option(
        "raw",
        "what a file of --pretrained takes: raw (0..255), unit (0..1), signed (-1..1) or normalised",
        metavar="RANGE",
    )
    sampler: str = option("rungs", "rungs, tpe, gp, cmaes, random, qmc, grid or nsga2", metavar="NAME")
    pruner: str | None = option(
        None,
        "rungs (pause and promote), pasha, median, successive-halving, hyperband or none; default: rungs, "
        "with folds none",
        metavar="NAME",
    )
    portfolio: bool = option(
        True, "try the search space's portfolio first", off="do not try the portfolio first"
    )
    warm_start: tuple[str, ...] = option(
        (),
        "earlier job to learn from: its folder, or ADDRESS#STUDY in a storage",
        metavar="DIR",
        path="file",
    )
    seed: int = option(
        0, "seed of splits, samplers, weights and batches", metavar="N", least=0, most=LARGEST_SEED
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pretrained is None and self.pixel_values != "raw":
            raise ConfigError("pixel_values says what a pretrained network takes: name one by pretrained.")


class SearchArguments(TypedDict, total=False):
    """``SearchOptions`` as Python takes them."""

    family: str | Sequence[str] | None
    space: str | Path | None
    settings: Sequence[str] | Mapping[str, Any]
    pretrained: str | Path | None
    pixel_values: str
    sampler: str
    pruner: str | None
    portfolio: bool
    warm_start: str | Path | Sequence[str | Path]
    seed: int
