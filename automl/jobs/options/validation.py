"""What trials and results are judged on: rows that are held out of training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from automl.core.errors import ConfigError
from automl.jobs.options.option import OptionGroup, option


@dataclass(frozen=True, kw_only=True)
class ValidationOptions(OptionGroup):
    """What is held out, and how rows are divided."""

    validation: str | None = option(
        None,
        "validation data; default: folds, or a fifth of the data is held out",
        metavar="FILE",
        path="file",
        advice=" Save the rows to a file, or leave it out: a part of the data is then held out.",
    )
    folds: int | None = option(
        None,
        "train each trial in K folds and score it out of fold; 1 holds out a part; default: 5 or 8 for "
        "small tables, else 1",
        metavar="K",
        most=1000,
    )
    group_column: str | None = option(
        None, "column with the group of each row; groups are never split", metavar="COL", column=True
    )
    time_column: str | None = option(
        None, "column with the time of each row; the latest rows are held out", metavar="COL", column=True
    )
    hold_out: str | None = option(
        None,
        "what is held out of ratings: random, time (the latest), last (each user's latest), users or items",
        metavar="HOW",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.folds or 1) > 1 and self.validation is not None:
            raise ConfigError("folds and validation cannot be combined: give one of them.")


class ValidationArguments(TypedDict, total=False):
    """``ValidationOptions`` as Python takes them."""

    validation: str | Path | None
    folds: int | None
    group_column: str | None
    time_column: str | None
    hold_out: str | None
