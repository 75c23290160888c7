"""What a search returns, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from automl.core.job_names import check_job_name
from automl.jobs.options.option import OptionGroup, option


@dataclass(frozen=True, kw_only=True)
class OutputOptions(OptionGroup):
    """The exported model, and the job folder."""

    name: str | None = option(
        None, "name of job, experiment and registered model; default: from the data", metavar="NAME"
    )
    out: str | None = option(None, "job folder; default: runs/NAME-TIME", metavar="DIR", path="file")
    single: bool = option(
        False, "return the best trial alone; with folds it is trained once more, on all rows"
    )
    distill: bool = option(
        False, "return one network of the best trial's size that has learned what the ensemble predicts"
    )
    lenient: bool = option(
        False, "served model: treat cells that are not numbers as missing instead of refusing them"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_job_name(self.name)


class OutputArguments(TypedDict, total=False):
    """``OutputOptions`` as Python takes them."""

    name: str | None
    out: str | Path | None
    single: bool
    distill: bool
    lenient: bool
