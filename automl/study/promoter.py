"""Who goes on: promotions by rank, and the last part of the time for finishing the best."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from automl.core.specs import Configuration, Objective, TrialRecord
from automl.study.proposer import Horizon
from automl.study.ranking import order, total_excess
from automl.study.rungs import ETA, Standing, leaders, promotable

FINISHING = 1.3
"""The best trial that waits is finished when the time left is so many times what its epochs would take:
epochs vary by a fifth, and its model may have to be compiled again."""

SEARCHED = 0.5
"""Share of the time that is searched before anything is finished, however long that would take."""


FINALISTS = 3
"""When no trial is to be begun any more, so many go on from each rung: finishing the top three of a short
first look is hard to beat (Egele et al., 2024)."""


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """A trial that goes on.

    Attributes:
        record: how it stands.
        until: epochs at which it pauses again, None for its full length.
    """

    record: TrialRecord
    until: int | None


@dataclass(frozen=True, kw_only=True)
class Promoter:
    """Decides which of the paused trials goes on.

    Attributes:
        objectives: what is optimised.
        levels: from a configuration to the epochs of its rungs.
        eta: one in so many is promoted.
    """

    objectives: tuple[Objective, ...]
    levels: Callable[[Configuration], tuple[int, ...]]
    eta: int = ETA

    def next(
        self, records: Sequence[TrialRecord], horizon: Horizon, running: Collection[int] = ()
    ) -> Promotion | None:
        """Return the trial that goes on now, or None when it is better to begin a new one.

        Args:
            records: trials that are finished or paused.
            horizon: what is left of the budget. Without new trials the best of each rung goes on; when
                the time is just enough to finish the best, it is finished.
            running: numbers of paused trials that are in training again.
        """
        if not any(record.state == "paused" for record in records):
            return None
        by_number = {record.number: record for record in records}
        ranks = self.ranks(records)
        waiting = [item for item in records if item.state == "paused" and item.number not in running]
        last = self._last(by_number, leaders(_standings(records, waiting), ranks), horizon)
        if last is not None:
            return Promotion(record=last, until=None)
        in_time = _standings(records, [item for item in waiting if self._in_time(item, horizon)])
        number = promotable(in_time, ranks, eta=self.eta, least=FINALISTS if horizon.trials == 0 else 0)
        if number is None:
            return None
        return Promotion(record=by_number[number], until=self.pause_of(by_number[number]))

    def fits(self, records: Iterable[TrialRecord], horizon: Horizon) -> bool:
        """Whether a new trial, if it were as quick as the quickest one, would see its first rung."""
        if horizon.seconds is None:
            return True
        times = (
            item.seconds_per_epoch * (self.levels(item.configuration) or (1,))[0]
            for item in records
            if item.epochs
        )
        return min(times, default=0.0) <= horizon.seconds

    def ranks(self, records: Sequence[TrialRecord]) -> list[list[int]]:
        """Return per rung the numbers of the trials that reached it, best first.

        A trial that failed before the first rung is the last one there: its place counts.
        """
        highest = max((len(record.rungs) for record in records), default=0)
        ranks = []
        for rung in range(highest):
            there = [record for record in records if len(record.rungs) > rung]
            scores = [record.rungs[rung].scores for record in there]
            excess = [total_excess(record.constraints) for record in there]
            best_first = [there[position].number for position in order(scores, self.objectives, excess)]
            lost = [item.number for item in records if item.state == "failed" and not item.rungs]
            ranks.append(best_first + (lost if rung == 0 else []))
        return ranks

    def pause_of(self, record: TrialRecord) -> int | None:
        """Return the epochs of a trial's next rung, None when that is its full length."""
        return next_pause(self.levels(record.configuration), record.epochs)

    def _in_time(self, record: TrialRecord, horizon: Horizon) -> bool:
        """Whether a trial would reach its next rung."""
        return horizon.seconds is None or self._needed(record, self.pause_of(record)) <= horizon.seconds

    def _needed(self, record: TrialRecord, until: int | None) -> float:
        """Seconds that a trial would take to so many epochs, None for its full length."""
        end = self.levels(record.configuration)[-1] if until is None else until
        return (end - record.epochs) * record.seconds_per_epoch

    def _last(
        self, records: dict[int, TrialRecord], waiting: Sequence[int], horizon: Horizon
    ) -> TrialRecord | None:
        """The most promising trial, if finishing it needs the time that is left."""
        if horizon.seconds is None or not waiting:
            return None
        best = records[waiting[0]]
        searched = horizon.total is None or horizon.seconds <= (1 - SEARCHED) * horizon.total
        return best if searched and self._needed(best, None) * FINISHING >= horizon.seconds else None


def next_pause(levels: Sequence[int], epochs: int) -> int | None:
    """Return the first rung above so many epochs, None when that is the full length."""
    above = [level for level in levels[:-1] if level > epochs]
    return above[0] if above else None


def _standings(records: Sequence[TrialRecord], waiting: Sequence[TrialRecord]) -> list[Standing]:
    numbers = {record.number for record in waiting}
    return [
        Standing(number=item.number, reached=len(item.rungs), paused=item.number in numbers)
        for item in records
    ]
