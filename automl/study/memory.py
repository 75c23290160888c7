"""A proposer in memory: the portfolio, then random configurations. For tests and as a yardstick."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError
from automl.core.seeds import derive
from automl.core.specs import Objective, TrialRecord
from automl.spaces.space import SearchSpace
from automl.study.front import best_records
from automl.study.proposer import Proposal
from automl.study.record import checked_record


class RandomProposer:
    """Proposes the portfolio's entries and then random points; remembers trials in memory.

    Args:
        space: what to draw from.
        objectives: what is optimised.
        seed: the trial with number n gets the same configuration for the same seed.
        use_portfolio: whether to begin with the portfolio.
    """

    notes: tuple[str, ...] = ()

    def __init__(
        self,
        *,
        space: SearchSpace,
        objectives: tuple[Objective, ...],
        seed: int = 0,
        use_portfolio: bool = True,
    ) -> None:
        self._space = space
        self._objectives = objectives
        self._seed = seed
        self._starts = space.starts() if use_portfolio else []
        self._asked = 0
        self._told: dict[int, TrialRecord] = {}

    def ask(self) -> Proposal:
        """Return what to try next; never None, as random points do not run out."""
        number = self._asked
        self._asked += 1
        if number < len(self._starts):
            return Proposal(number=number, configuration=self._starts[number], origin="portfolio")
        drawn = self._space.sample(random.Random(derive(self._seed, "sampler", number)))
        return Proposal(number=number, configuration=drawn, origin="sampler")

    def report(self, number: int, epoch: int, value: float) -> bool:
        """Never prune."""
        return False

    def tell(self, record: TrialRecord, facts: Mapping[str, Any]) -> None:
        """Remember a finished trial.

        Raises:
            ConfigError: the trial was not asked for, or was told before.
        """
        if not 0 <= record.number < self._asked or record.number in self._told:
            raise ConfigError(f"trial {record.number} is not running, so it cannot be told.")
        self._told[record.number] = checked_record(record, len(self._objectives))

    def records(self) -> Sequence[TrialRecord]:
        """Every finished trial, by number."""
        return [self._told[number] for number in sorted(self._told)]

    def front(self) -> Sequence[TrialRecord]:
        """The best trial, or the Pareto front."""
        return best_records(self.records(), self._objectives)

    def plots(self, folder: Path) -> Sequence[Path]:
        """Draw nothing."""
        return []
