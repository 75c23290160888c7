"""What a report is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from automl.core.specs import Configuration, EpochRecord, Objective, Scalar, TrialRecord
from automl.jobs.report.validated import Validated
from automl.jobs.trial.plan import in_order
from automl.spaces.space import family_of

BETTER: Mapping[str, str] = {"maximize": "higher", "minimize": "lower"}
"""Which scores are better, by direction."""


@dataclass(frozen=True, kw_only=True)
class Searched:
    """A search that is over.

    Attributes:
        summary: what ``result.json`` holds.
        objectives: what was optimised.
        trials: by number.
        baselines: trivial rules.
        front: numbers of the trials of the Pareto front, or of the best one.
        epochs: of each trial, as the coordinator heard of them.
        card: what the model card tells, as pairs.
        part: what the rows are called on which trials were scored.
        rows: how many they are, 0 where that is not known.
        tests: whether the model can be scored on further data by a command.
        defaults: the default configuration of each family by plain names; empty where there are none.
        validated: what is known of the result besides its score.
    """

    summary: Mapping[str, Any]
    objectives: tuple[Objective, ...]
    trials: tuple[TrialRecord, ...]
    baselines: tuple[TrialRecord, ...] = ()
    front: frozenset[int] = frozenset()
    epochs: Mapping[int, Sequence[EpochRecord]] = field(default_factory=dict)
    card: tuple[tuple[str, str], ...] = ()
    part: str = "validation"
    rows: int = 0
    tests: bool = True
    defaults: Mapping[str, Configuration] = field(default_factory=dict)
    validated: Validated = field(default_factory=Validated)

    @property
    def objective(self) -> Objective:
        """The first one, by which the best trial is chosen."""
        return self.objectives[0]

    @cached_property
    def scored(self) -> tuple[TrialRecord, ...]:
        """Trials with a score, in the order in which the search prefers them, the best first."""
        known = [item for item in self.trials if item.scores and math.isfinite(item.scores[0])]
        return tuple(in_order(known, self.objective))

    @property
    def weights(self) -> Mapping[int, float]:
        """Weight of each member of the exported model, by trial."""
        return {int(item["trial"]): float(item["weight"]) for item in self.summary.get("members", ())}


CUT = "cut"
"""How a trial ended that ran into the deadline: it counts as it is, but was not trained to its end."""


def end_of(record: TrialRecord) -> str:
    """Return the state of a trial, ``CUT`` where the end of the time cut it short."""
    cut = record.state == "complete" and record.reason.startswith("deadline")
    return CUT if cut else record.state


def parameters_of(record: TrialRecord) -> dict[str, Scalar]:
    """Return the parameters of a trial by their plain names, without the family."""
    prefix = f"{record.configuration.get('family', '')}."
    return {
        name.removeprefix(prefix): value for name, value in record.configuration.items() if name != "family"
    }


def by_family(trials: Sequence[TrialRecord]) -> dict[str, list[TrialRecord]]:
    """Return the trials of each family, that with most of them first."""
    found: dict[str, list[TrialRecord]] = {}
    for record in trials:
        found.setdefault(family_of(record.configuration), []).append(record)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def configuration_words(record: TrialRecord) -> str:
    """Return the parameters of a trial on one line."""
    known = parameters_of(record)
    return ", ".join(f"{name} {value_words(value)}" for name, value in known.items())


def value_words(value: Scalar) -> str:
    """Return a parameter's value with four significant digits where it is a float."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
