"""What trials and results are judged on: rows that are held out of training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from automl.core.errors import ConfigError
from automl.core.holdout import holdout_of, parse_holdout
from automl.jobs.options.option import OptionGroup, option


@dataclass(frozen=True, kw_only=True)
class ValidationOptions(OptionGroup):
    """What is held out, and how rows are divided."""

    validation: str | None = option(
        None,
        "validation data; default: folds, or a fifth of the data is held out",
        metavar="FILE",
        path="file",
        advice=" Save the rows to a file, as the data is one, or leave it out: a part is then held out.",
    )
    folds: int | None = option(
        None,
        "train each trial in K folds and score it out of fold; 1 holds out a part; default: 5 or 8 for "
        "small tables, else 1",
        metavar="K",
        most=1000,
    )
    holdout: str | None = option(
        None,
        "share of the data that the search never looks at, scored once at the end: 10%, 0 for none, or one "
        "of several parts: 2/5; default: 10% of 50,000 rows of a table and more, 20,000 rows at most",
        metavar="SHARE",
        parse=parse_holdout,
    )
    nested: bool = option(
        False,
        "with --folds K: repeat the whole search K times, each time without the rows of one fold, and "
        "score them; takes K times as long, for which --time is divided",
    )
    repeat_seeds: int | None = option(
        None,
        "train the best trial N times more with other seeds: how much of its score is chance",
        metavar="N",
        most=100,
    )
    learning_curve: bool = option(
        False, "train the best trial on 1/8, 1/4 and 1/2 of the rows, too: whether more data would help"
    )
    group_column: str | None = option(
        None, "column with the group of each row; groups are never split", metavar="COL", column=True
    )
    time_column: str | None = option(
        None, "column with the time of each row; the latest rows are held out", metavar="COL", column=True
    )
    split_by: str | None = option(
        None,
        "what is held out of ratings: random, time (the latest), last (each user's latest), users or items",
        metavar="HOW",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.folds or 1) > 1 and self.validation is not None:
            raise ConfigError("folds and validation cannot be combined: give one of them.")
        if not self.nested:
            return
        if (self.folds or 1) < 2:
            raise ConfigError(
                "nested: say in how many folds the search is repeated (folds), 5 for example."
            )
        if self.holdout is not None and holdout_of(self.holdout).share:
            raise ConfigError(
                "nested and holdout cannot be combined: each fold of nested cross-validation is a holdout."
            )


class ValidationArguments(TypedDict, total=False):
    """``ValidationOptions`` as Python takes them."""

    validation: object
    folds: int | None
    holdout: float | str | None
    nested: bool
    repeat_seeds: int | None
    learning_curve: bool
    group_column: str | None
    time_column: str | None
    split_by: str | None
