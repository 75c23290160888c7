"""What makes a model good: metrics, costs of mistakes, limits, groups to treat alike, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from automl.core.amounts import parse_share
from automl.core.mistakes import parse_costs
from automl.core.protected import check_mitigation, columns_named
from automl.jobs.options.option import OptionGroup, option


@dataclass(frozen=True, kw_only=True)
class GoalOptions(OptionGroup):
    """What to optimize, and what the result must meet."""

    metric: tuple[str, ...] = option(
        (),
        "what to optimize: val_accuracy, rmse, parameters:min, ...; several give a Pareto front",
        metavar="M[:min|max]",
    )
    cost: str | None = option(
        None,
        "what a missed row and a false alarm cost where one of two classes is looked for, fn=100,fp=1; "
        "sets the threshold of answers",
        metavar="fn=A,fp=B",
    )
    amount_column: str | None = option(
        None,
        "column with the amount of each row: a missed one costs fn times its own",
        metavar="COL",
        column=True,
    )
    constraint: tuple[str, ...] = option(
        (), "limit the result must meet: parameters<=1e6, latency_ms<=5, ...", metavar="M<=N"
    )
    protected: tuple[str, ...] = option(
        (),
        "column with groups of people that are to be treated alike, no feature; several are compared by "
        "their intersections, too",
        metavar="COL",
        column=True,
    )
    keep_protected: bool = option(False, "use protected columns as features all the same")
    mitigate: tuple[str, ...] = option(
        (),
        "make answers of protected groups more alike: reweighing (of training rows), thresholds (one for "
        "each group, which predict then needs)",
        metavar="HOW",
    )
    coverage: float | None = option(
        None,
        "share of rows whose truth an interval, or a set of classes, shall hold: 0.9, 90%; `automl "
        "predict` then writes them",
        metavar="SHARE",
        parse=parse_share,
    )
    coverage_by: str | None = option(
        None,
        "column whose groups have that coverage each, not only all rows together",
        metavar="COL",
        column=True,
    )

    def __post_init__(self) -> None:
        # ahead of all checks, as `--protected a,b` names two columns
        object.__setattr__(self, "protected", columns_named(self.protected))
        super().__post_init__()
        if self.cost is not None:
            parse_costs(self.cost)
        if self.coverage is not None:
            parse_share(self.coverage)
        check_mitigation(self.mitigate, self.protected, kept=self.keep_protected)


class GoalArguments(TypedDict, total=False):
    """``GoalOptions`` as Python takes them."""

    metric: str | Sequence[str] | None
    cost: str | None
    amount_column: str | None
    constraint: str | Sequence[str]
    protected: str | Sequence[str]
    keep_protected: bool
    mitigate: str | Sequence[str]
    coverage: float | str | None
    coverage_by: str | None
