"""An in-memory proposer: the portfolio, then random configurations. For tests and as a baseline."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError
from automl.core.seeds import derive
from automl.core.specs import Configuration, Objective, TrialRecord
from automl.spaces.space import SearchSpace
from automl.study.promotion.front import best_records
from automl.study.promotion.promoter import Promoter, next_pause
from automl.study.proposer import PORTFOLIO, UNLIMITED, Horizon, Proposal
from automl.study.told import checked_record, left_behind


class RandomProposer:
    """Proposes the portfolio's entries and then random points; remembers trials in memory.

    Args:
        space: what to draw from.
        objectives: what is optimised.
        seed: the trial with number n gets the same configuration for the same seed.
        use_portfolio: whether to begin with the portfolio.
        levels: epochs of a trial's rungs; none by default.
    """

    notes: tuple[str, ...] = ()
    ended = ""

    def __init__(
        self,
        *,
        space: SearchSpace,
        objectives: tuple[Objective, ...],
        seed: int = 0,
        use_portfolio: bool = True,
        levels: tuple[int, ...] = (),
    ) -> None:
        self._space = space
        self._objectives = objectives
        self._seed = seed
        self._starts = space.starts() if use_portfolio else []
        self._levels = levels
        self._promoter = Promoter(objectives=objectives, levels=lambda configuration: levels)
        self._asked = self._started = 0
        self._running: set[int] = set()

    def ask(self, horizon: Horizon = UNLIMITED) -> Proposal | None:
        """Return what to train next: promotions, the portfolio, then random points."""
        promotion = self._promoter.next(horizon, self._running)
        if promotion is not None:
            return self._proposal(promotion.record.number, promotion.until, promotion.record)
        if horizon.trials == 0:
            return None
        self._asked += 1
        return self._proposal(self._asked - 1, next_pause(self._levels, 0), None)

    def ask_like(self, fixed: Configuration, horizon: Horizon = UNLIMITED) -> Proposal | None:
        """Return a random point that has these values."""
        if horizon.trials == 0 or len(self._space.active(fixed)) == len(fixed):
            return None
        rng = random.Random(derive(self._seed, "sampler", self._asked))
        configuration = self._space.walk(
            lambda item: fixed[item.name] if item.name in fixed else item.sample(rng)
        )
        self._asked += 1
        return self._proposed(self._asked - 1, configuration, "random", next_pause(self._levels, 0), None)

    def _proposal(self, number: int, until: int | None, paused: TrialRecord | None) -> Proposal:
        if paused is not None:
            return self._proposed(number, paused.configuration, paused.origin, until, paused)
        if self._started < len(self._starts):
            self._started += 1
            return self._proposed(number, self._starts[self._started - 1], PORTFOLIO, until, None)
        rng = random.Random(derive(self._seed, "sampler", number))
        return self._proposed(number, self._space.sample(rng), "random", until, None)

    def _proposed(
        self,
        number: int,
        configuration: Configuration,
        origin: str,
        until: int | None,
        paused: TrialRecord | None,
    ) -> Proposal:
        self._running.add(number)
        return Proposal(
            number=number,
            configuration=configuration,
            origin=origin,
            until=until,
            levels=self._levels,
            paused=paused,
        )

    def report(self, number: int, epoch: int, value: float) -> bool:
        """Never prune."""
        return False

    def tell(self, record: TrialRecord, facts: Mapping[str, Any]) -> None:
        """Remember a finished trial.

        Raises:
            ConfigError: the trial was not asked for, or was told before.
        """
        self._check(record.number)
        self._promoter.put(checked_record(record, len(self._objectives)))
        self._running.remove(record.number)

    def pause(self, record: TrialRecord) -> None:
        """Remember how a trial stands at its rung.

        Raises:
            ConfigError: the trial is not running.
        """
        self._check(record.number)
        self._promoter.put(record)
        self._running.remove(record.number)

    def close(self) -> list[TrialRecord]:
        """End the trials that wait, as pruned."""
        waiting = [record for record in self.records() if record.state == "paused"]
        ended = [left_behind(record) for record in waiting]
        for record in ended:
            self._promoter.put(record)
        return ended

    def _check(self, number: int) -> None:
        if number not in self._running:
            raise ConfigError(f"trial {number} is not running, so it cannot be told.")

    def records(self) -> Sequence[TrialRecord]:
        """Every trial that is finished or paused, by number."""
        return self._promoter.in_order()

    def front(self) -> Sequence[TrialRecord]:
        """The best trial, or the Pareto front."""
        return best_records(self.records(), self._objectives)

    def plots(self, folder: Path) -> Sequence[Path]:
        """Draw nothing."""
        return []
