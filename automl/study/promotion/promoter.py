"""Which trials continue: promotions by rank, and finishing the best ones at the end of the time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from automl.core.specs import Configuration, Objective, TrialRecord
from automl.study.promotion.ranking import Ranking, total_excess
from automl.study.promotion.rungs import ETA, highest_rung, leader, leaders, promotable
from automl.study.promotion.stopping import REPEATED_FROM
from automl.study.proposer import PORTFOLIO, Horizon

FINISHING = 1.3
"""The best trial that waits is finished when the time left is so many times what its epochs would take:
epochs vary by a fifth, and its model may have to be compiled again."""

SEARCHED = 0.5
"""Share of the time that is searched before anything is finished, however long that would take."""

SMALL_SHARE = 0.05
"""Share of a limited time left that the best trial of a rung may take to its next one at once."""

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


class Promoter:
    """Remembers trials that are finished or paused, and decides which of these goes on.

    Args:
        objectives: what is optimised.
        levels: from a configuration to the epochs of its rungs.
        eta: one in so many is promoted.
        growing: whether trials go on beyond the first rungs only where that changes who is best; see
            ``highest_rung``.
        records: what is known already.

    Attributes:
        records: by number.
    """

    def __init__(
        self,
        *,
        objectives: tuple[Objective, ...],
        levels: Callable[[Configuration], tuple[int, ...]],
        eta: int = ETA,
        growing: bool = False,
        records: Iterable[TrialRecord] = (),
    ) -> None:
        self.records: dict[int, TrialRecord] = {}
        self._levels = levels
        self._eta = eta
        self._growing = growing
        self._ranking = Ranking(objectives)
        self._waiting: dict[int, int] = {}
        self._eager: dict[int, None] = {}
        self._free: Counter[int] = Counter()
        self._quickest: float | None = None
        for record in records:
            self.put(record)

    def put(self, record: TrialRecord) -> None:
        """Remember how a trial stands now."""
        known = self.records.get(record.number)
        self._free.subtract(self._passed_freely(known) if known else [])
        self._free.update(self._passed_freely(record))
        self.records[record.number] = record
        self._note_waiting(record)
        self._note_time(record)
        if record.rungs or record.state == "failed":
            scores = [rung.scores for rung in record.rungs]
            self._ranking.put(record.number, scores, total_excess(record.constraints))

    def _note_waiting(self, record: TrialRecord) -> None:
        self._waiting.pop(record.number, None)
        self._eager.pop(record.number, None)
        if record.state != "paused":
            return
        self._waiting[record.number] = len(record.rungs)
        if self._is_free(record, len(record.rungs)):
            self._eager[record.number] = None

    def _note_time(self, record: TrialRecord) -> None:
        if record.epochs:
            seconds = record.seconds_per_epoch * (self._levels(record.configuration) or (1,))[0]
            self._quickest = seconds if self._quickest is None else min(seconds, self._quickest)

    def in_order(self) -> list[TrialRecord]:
        """Return the records by number."""
        return [self.records[number] for number in sorted(self.records)]

    def next(self, horizon: Horizon, running: Collection[int] = ()) -> Promotion | None:
        """Return the trial that goes on now, or None when it is better to begin a new one.

        Args:
            horizon: what is left of the budget. Without new trials the best of each rung goes on. Of a
                limited time the first part finishes the first entry of the portfolio; then trials go on
                whose next rung is cheap; when what is left is just enough to finish the best, it is
                finished.
            running: numbers of paused trials that are in training again.
        """
        whole = self._first(horizon, running) or self._last(horizon, running)
        if whole is not None:
            return Promotion(record=whole, until=None)
        cheap = self._cheap(horizon, running)
        if cheap is not None:
            return Promotion(record=cheap, until=self.pause_of(cheap))
        numbers = promotable(
            self._waiting,
            self.ranks,
            training=running,
            eta=self._eta,
            least=FINALISTS if horizon.trials == 0 else 0,
            free=None if horizon.seconds is None else self._free,
            highest=self._highest(horizon),
        )
        records = (self.records[number] for number in numbers)
        record = next((item for item in records if self._in_time(item, horizon)), None)
        return None if record is None else Promotion(record=record, until=self.pause_of(record))

    def fits(self, horizon: Horizon) -> bool:
        """Whether a new trial, if it were as quick as the quickest one, would see its first rung."""
        return horizon.seconds is None or self._quickest is None or self._quickest <= horizon.seconds

    @property
    def ranks(self) -> list[list[int]]:
        """Per rung the numbers of the trials that reached it, best first; see ``Ranking``."""
        return self._ranking.rungs

    def pause_of(self, record: TrialRecord) -> int | None:
        """Return the epochs of a trial's next rung, None when that is its full length."""
        return next_pause(self._levels(record.configuration), record.epochs)

    def _in_time(self, record: TrialRecord, horizon: Horizon) -> bool:
        """Whether a trial would reach its next rung."""
        return horizon.seconds is None or self._needed(record, self.pause_of(record)) <= horizon.seconds

    def _needed(self, record: TrialRecord, until: int | None) -> float:
        """Seconds that a trial would take to so many epochs, None for its full length, with compiling."""
        return self._left(record, until) * record.seconds_per_epoch

    def _training(self, record: TrialRecord, until: int | None) -> float:
        """The same, its model being compiled."""
        return self._left(record, until) * record.epoch_seconds

    def _to_next_rung(self, record: TrialRecord) -> float:
        return self._training(record, self.pause_of(record))

    def _left(self, record: TrialRecord, until: int | None) -> int:
        """Epochs to a rung, None for the full length."""
        return (self._levels(record.configuration)[-1] if until is None else until) - record.epochs

    def _first(self, horizon: Horizon, running: Collection[int]) -> TrialRecord | None:
        """The first trial, where the time is limited: an entry of a portfolio makes a good model early."""
        record = self.records.get(0)
        if horizon.seconds is None or record is None or record.origin != PORTFOLIO:
            return None
        if 0 not in self._waiting or 0 in running:
            return None
        return record if self._training(record, None) <= horizon.seconds else None

    def _highest(self, horizon: Horizon) -> float:
        """The rung where trials end for now; infinite where the best are finished as they come.

        So does a search that ends by itself, once it wants a finished model to know its noise.
        """
        repeats = horizon.open and len(self.records) >= REPEATED_FROM
        return highest_rung(self.ranks, eta=self._eta) if self._growing and not repeats else math.inf

    def _cheap(self, horizon: Horizon, running: Collection[int]) -> TrialRecord | None:
        """A trial that goes on for free, or that leads its rung and takes a small part of the time left."""
        if horizon.seconds is None:
            return None
        eager = (
            number
            for number in self._eager
            if number not in running and self._in_time(self.records[number], horizon)
        )
        small = SMALL_SHARE * horizon.seconds
        quick = (
            number
            for number in leaders(self._waiting, self.ranks, training=running)
            if self._to_next_rung(self.records[number]) <= small
        )
        number = next(chain(eager, quick), None)
        return None if number is None else self.records[number]

    def _is_free(self, record: TrialRecord, rung: int) -> bool:
        """Whether a trial goes on from a rung in no more time than it took to its first one.

        A new trial would not take less: where compiling takes longer than training, to wait saves nothing.
        """
        levels = self._levels(record.configuration)
        seconds = (levels[rung] - levels[rung - 1]) * record.epoch_seconds
        return record.compile_seconds > 0 and seconds <= record.seconds_to_first_rung

    def _passed_freely(self, record: TrialRecord) -> list[int]:
        """The rungs from which a trial went on that way."""
        return [rung for rung in range(1, len(record.rungs)) if self._is_free(record, rung)]

    def _last(self, horizon: Horizon, running: Collection[int]) -> TrialRecord | None:
        """The most promising trial, if finishing it needs the time that is left."""
        if horizon.seconds is None:
            return None
        number = leader(self._waiting, self.ranks, training=running)
        half = horizon.total is None or horizon.seconds <= (1 - SEARCHED) * horizon.total
        # without new trials nothing else could use a time that is too short for the next rung
        searched = half or horizon.trials == 0
        if number is None or not searched:
            return None
        best = self.records[number]
        return best if self._needed(best, None) * FINISHING >= horizon.seconds else None


def next_pause(levels: Sequence[int], epochs: int) -> int | None:
    """Return the first rung above so many epochs, None when that is the full length."""
    above = [level for level in levels[:-1] if level > epochs]
    return above[0] if above else None
