"""What mistakes cost where one of two classes is looked for, and what else is asked of a task.

Plain data, so that a wrong option is refused before anything heavy is loaded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from automl.core.errors import ConfigError
from automl.core.protected import Protected

MISSED, ALARM = "fn", "fp"
"""Keys of the costs as users write them: false negatives and false positives."""

_FORM = "expected what a missed case and a false alarm cost, such as fn=100,fp=1"


@dataclass(frozen=True, kw_only=True)
class MistakeCosts:
    """Costs of the two mistakes, in any unit that both share; right answers cost nothing.

    Attributes:
        missed: of a row of the class that is looked for, taken for one of the other.
        alarm: of a row of the other class, taken for one of it.
    """

    missed: float
    alarm: float

    @property
    def threshold(self) -> float:
        """The probability from which an alarm costs less than silence (Elkan, 2001)."""
        return self.alarm / (self.alarm + self.missed)


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """What a missed row costs where each has an amount of its own.

    Attributes:
        input: name of the raw input that holds the amounts.
        factor: cost of a missed row as a multiple of its amount.
    """

    input: str
    factor: float


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the user asks of a task beyond its targets.

    Attributes:
        metrics: that are to be measured, by name.
        costs: of mistakes, None where all count alike; with amounts that of a missed row on average.
        amounts: where each row has its own, else None.
        protected: groups that are compared, else None.
        mitigate: what makes answers of groups more alike: some of ``protected.MITIGATIONS``.
        bounds: largest differences between groups that thresholds have to keep, by metric.
    """

    metrics: tuple[str, ...] = ()
    costs: MistakeCosts | None = None
    amounts: Amounts | None = None
    protected: Protected | None = None
    mitigate: tuple[str, ...] = ()
    bounds: Mapping[str, float] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it, without what is not asked for."""
        costs = None if self.costs is None else {MISSED: self.costs.missed, ALARM: self.costs.alarm}
        amounts = None if self.amounts is None else asdict(self.amounts)
        asked: dict[str, Any] = {"metrics": list(self.metrics), "costs": costs, "amounts": amounts}
        asked["protected"] = None if self.protected is None else self.protected.plain()
        asked |= {"mitigate": list(self.mitigate), "bounds": dict(self.bounds)}
        return {name: value for name, value in asked.items() if value}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Asked:
        """Return what ``plain`` was of."""
        costs, amounts = values.get("costs"), values.get("amounts")
        return cls(
            metrics=tuple(values.get("metrics", ())),
            costs=None if costs is None else MistakeCosts(missed=costs[MISSED], alarm=costs[ALARM]),
            amounts=None if amounts is None else Amounts(**amounts),
            protected=Protected.of(values.get("protected")),
            mitigate=tuple(values.get("mitigate", ())),
            bounds=dict(values.get("bounds", {})),
        )


def parse_costs(text: str, name: str = "cost") -> MistakeCosts:
    """Read costs as users write them: ``fn=100,fp=1``.

    Raises:
        ConfigError: another form, or a cost that is not above 0.
    """
    parts = [part.partition("=") for part in text.split(",")]
    found = {key.strip().lower(): value.strip() for key, _, value in parts}
    if len(parts) != 2 or found.keys() != {MISSED, ALARM}:
        raise ConfigError(f"{name}: {_FORM}; got {text!r}.")
    return MistakeCosts(missed=_cost(found[MISSED], name, text), alarm=_cost(found[ALARM], name, text))


def _cost(value: str, name: str, text: str) -> float:
    try:
        cost = float(value)
    except ValueError:
        raise ConfigError(f"{name}: {_FORM}; {value!r} in {text!r} is no number.") from None
    if not (math.isfinite(cost) and cost > 0):
        raise ConfigError(f"{name}: costs are above 0; got {value} in {text!r}.")
    return cost
