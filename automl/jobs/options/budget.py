"""How long a search may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from automl.core.amounts import parse_time
from automl.core.errors import ConfigError
from automl.jobs.options.option import OptionGroup, option

MOST_DAYS = 3650


@dataclass(frozen=True, kw_only=True)
class BudgetOptions(OptionGroup):
    """Time, trials and epochs."""

    trials: int | None = option(
        None, "number of trials; without it and --time, until more gain little", metavar="N", most=10**9
    )
    time: float | None = option(
        None,
        "wall time from the start of the command: 90s, 10m, 1.5h",
        metavar="TIME",
        argument="time_limit",
        parse=parse_time,
    )
    trial_time: float | None = option(
        None,
        "wall time of one trial, from pause to pause: 90s, 10m, 1.5h",
        metavar="TIME",
        parse=parse_time,
    )
    epochs: int | None = option(
        None,
        "full length of a trial in passes over the training data; default: the search space's",
        metavar="N",
        most=10**6,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, seconds in (("time", self.time), ("trial_time", self.trial_time)):
            if seconds is not None and not 0 < seconds <= MOST_DAYS * 86400:
                raise ConfigError(
                    f"{name}: expected a time such as 10m, above 0 and at most {MOST_DAYS} days, "
                    f"got {seconds:g} s."
                )


class BudgetArguments(TypedDict, total=False):
    """``BudgetOptions`` as Python takes them."""

    trials: int | None
    time_limit: float | str | None
    trial_time: float | str | None
    epochs: int | None
