"""The loop of every search: ask, run, tell, until the budget is used or the user interrupts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from automl.core.errors import SearchError
from automl.core.metrics import tie_breaker
from automl.core.seeds import derive
from automl.core.specs import Configuration, Objective, TrialRecord
from automl.execution.executor import Executor
from automl.execution.inline import Inline
from automl.jobs.interrupts import Interrupts
from automl.jobs.progress import Announcement, Progress
from automl.study.proposer import Horizon, Proposal, Proposer
from automl.tracking.tracker import Tracker
from automl.training.engine import Epoch

if TYPE_CHECKING:
    import keras

FAILURES_IN_A_ROW = 10
"""With so many failures at the start and no success, the fault lies with the job, not with a trial."""

LARGEST_SHARE = 0.5
"""A trial that would take a larger share of the time left is ended after its second epoch, once there is
a model to return: a slow family must not eat the search."""

SPARE_SHARE = 0.1
"""Share of the time that may be left unused because a trial might not see its first epoch in it."""

FINISHING_SHARE, FINISHING_MOST = 0.08, 20.0
"""Share of the time, and seconds at most, kept back for exporting, plotting and registering the winner."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """When a search ends.

    Attributes:
        trials: trials in all, or None.
        deadline: ``time.monotonic()`` at which training stops, or None.
        spare: seconds that may be left unused at most, because the next trial might not see an epoch.
        seconds: from the start to the deadline, over all sessions, or None.
    """

    trials: int | None
    deadline: float | None
    spare: float = 0.0
    seconds: float | None = None

    def horizon(self, begun: int, startup: float) -> Horizon | None:
        """Return what is left, or None when no trial would see another epoch.

        Args:
            begun: trials so far.
            startup: seconds that the slowest trial took to its first epoch's end.
        """
        trials = None if self.trials is None else max(self.trials - begun, 0)
        if self.deadline is None:
            return Horizon(trials=trials, open=trials is None)
        seconds = self.deadline - time.monotonic()
        if seconds <= min(startup, self.spare):
            return None
        return Horizon(trials=trials, seconds=seconds, total=self.seconds)


def budget_from(trials: int | None, seconds: float | None, *, started: float, used: float) -> Budget:
    """Return the budget of this session.

    Args:
        trials: trials in all, or None.
        seconds: wall time of the job, or None.
        started: ``time.monotonic()`` of the start of the command.
        used: seconds that earlier sessions of the job used.
    """
    if seconds is None:
        return Budget(trials=trials, deadline=None)
    reserve = min(FINISHING_SHARE * seconds, FINISHING_MOST)
    deadline = started + max(seconds - used, 0.0) - reserve
    return Budget(trials=trials, deadline=deadline, spare=SPARE_SHARE * seconds, seconds=seconds - reserve)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One trial to run, or to go on with.

    Attributes:
        number: its number in the study.
        configuration: as the study knows it.
        origin: who proposed it.
        until: epochs at which it pauses, None for its full length.
        levels: epochs of its rungs.
        paused: how it stood at its last pause, None when it begins.
        seed: of weights and batches.
        run_id: the tracker's run.
        watch: told of each epoch of the first fold; a reason ends the trial as pruned.
        deadline: ``time.monotonic()`` at which training stops.
    """

    number: int
    configuration: Configuration
    origin: str = ""
    until: int | None = None
    levels: tuple[int, ...] = ()
    paused: TrialRecord | None = None
    seed: int
    run_id: str
    watch: Callable[[Epoch], str]
    deadline: float | None


@dataclass(frozen=True, kw_only=True)
class TrialEnd:
    """What came of a trial; ``model`` holds the best weights, None when it failed."""

    record: TrialRecord
    model: keras.Model | None = None


@dataclass(frozen=True, kw_only=True)
class Loop:
    """What the loop works with.

    Attributes:
        name: the job's.
        objectives: what is optimised; the first one decides which trial is best.
        proposer: says what is tried.
        tracker: remembers runs.
        progress: told of everything.
        budget: when to end.
        seed: the job's.
        run: runs one trial.
        keep: writes down a trial that is the best so far.
        show: a configuration as users read it, and the trial's full length in epochs.
        release: frees what a trial left behind.
    """

    name: str
    objectives: tuple[Objective, ...]
    proposer: Proposer
    tracker: Tracker
    progress: Progress
    budget: Budget
    seed: int
    run: Callable[[Plan], TrialEnd]
    keep: Callable[[TrialEnd], None]
    show: Callable[[Configuration], tuple[Mapping[str, Any], int]]
    release: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a loop ended with: the best trial, and ``complete`` or ``interrupted``."""

    best: TrialRecord
    state: str


def run_trials(loop: Loop) -> Found:
    """Run trials until the budget is used or the user interrupts.

    Raises:
        SearchError: no trial succeeded.
    """
    rounds = _Rounds(loop)
    loop.progress.start(
        Announcement(
            name=loop.name,
            objectives=loop.objectives,
            trials=loop.budget.trials,
            deadline=loop.budget.deadline,
            earlier=loop.proposer.records(),
        )
    )
    state = "complete"
    try:
        with Interrupts() as interrupts:
            rounds.run(interrupts)
        rounds.close()
        if loop.proposer.ended:
            loop.progress.note(loop.proposer.ended)
    except KeyboardInterrupt:
        state = "interrupted"
    finally:
        loop.progress.stop()
    if rounds.best is None:
        raise SearchError(_nothing(state, loop.proposer.records()))
    return Found(best=rounds.best, state=state)


def best_of(records: Sequence[TrialRecord], objective: Objective) -> TrialRecord | None:
    """Return the best record, or None when none has a score."""
    best: TrialRecord | None = None
    for record in records:
        best = record if _beats(record, best, objective) else best
    return best


class _Rounds:
    """The state of one loop: pauses and ends so far, the best, failures since the last success."""

    def __init__(self, loop: Loop) -> None:
        records = loop.proposer.records()
        self._loop = loop
        self._begun = len(records)
        self._done = sum(record.pauses + (record.state != "paused") for record in records)
        self._failures: list[str] = []
        self._startup = 0.0
        self.best = best_of(records, loop.objectives[0])

    def run(self, interrupts: Interrupts) -> None:
        executor: Executor[Plan, TrialEnd] = Inline()

        def work(plan: Plan) -> TrialEnd:
            with interrupts.exposed():
                return self._loop.run(plan)

        for _, end in executor.run(work, self._plans()):
            self._told(end)

    def close(self) -> None:
        """End the trials that still wait: nothing more is searched."""
        for record in self._loop.proposer.close():
            self._loop.tracker.end_trial(record)

    def _plans(self) -> Iterator[Plan]:
        budget, proposer = self._loop.budget, self._loop.proposer
        while (horizon := budget.horizon(self._begun, self._startup)) is not None:
            proposal = proposer.ask(horizon)
            if proposal is None:
                return
            self._begun += proposal.paused is None
            yield self._plan(proposal)

    def _plan(self, proposal: Proposal) -> Plan:
        loop = self._loop
        shown, epochs = loop.show(proposal.configuration)
        seed = derive(loop.seed, "trial", proposal.number)
        loop.progress.trial_started(proposal.number, shown, epochs)
        run_id = loop.tracker.start_trial(proposal.number, shown, seed=seed)
        return Plan(
            number=proposal.number,
            configuration=proposal.configuration,
            origin=proposal.origin,
            until=proposal.until,
            levels=proposal.levels,
            paused=proposal.paused,
            seed=seed,
            run_id=run_id,
            watch=self._watch(proposal, run_id, epochs),
            deadline=loop.budget.deadline,
        )

    def _watch(self, proposal: Proposal, run_id: str, epochs: int) -> Callable[[Epoch], str]:
        loop, began, number = self._loop, time.monotonic(), proposal.number
        objective = loop.objectives[0]
        first = 1 + (proposal.paused.epochs if proposal.paused else 0)
        best = proposal.paused.scores[0] if proposal.paused and proposal.paused.scores else None

        def watch(epoch: Epoch) -> str:
            nonlocal best
            if epoch.number == first:
                self._startup = max(self._startup, time.monotonic() - began)
            loop.tracker.log_epoch(run_id, epoch.number, epoch.metrics)
            loop.progress.epoch(number, epoch.number, epoch.metrics)
            value = epoch.metrics.get(objective.label)
            if value is None:
                return too_slow(epoch)
            # the best so far, which is what the trial is worth: its weights are the ones kept
            best = value if objective.better(value, best) else best
            if best is not None and loop.proposer.report(number, epoch.number, best):
                return f"pruned after epoch {epoch.number}"
            return too_slow(epoch)

        def too_slow(epoch: Epoch) -> str:
            # one that pauses does not eat the search
            return "" if proposal.until is not None else self._too_slow(epoch, epochs)

        return watch

    def _too_slow(self, epoch: Epoch, epochs: int) -> str:
        deadline = self._loop.budget.deadline
        if epoch.number != 2 or deadline is None or self.best is None:
            return ""
        needed, left = epoch.seconds * (epochs - 2), deadline - time.monotonic()
        if needed <= LARGEST_SHARE * left:
            return ""
        return f"too slow: it would take {needed:.0f} s more of the {max(left, 0):.0f} s left"

    def _told(self, end: TrialEnd) -> None:
        loop, record = self._loop, end.record
        better = end.model is not None and _beats(record, self.best, loop.objectives[0])
        if better:
            self.best = record
            loop.keep(end)
        if record.state == "paused":
            loop.proposer.pause(record)
            loop.tracker.pause_trial(record)
        else:
            loop.proposer.tell(record, {})
            loop.tracker.end_trial(record)
        self._done += 1
        if self.best is not None:
            scores = zip(loop.objectives, self.best.scores, strict=True)
            loop.tracker.log_best(self._done, {f"best_{item.label}": score for item, score in scores})
        loop.progress.trial_ended(record, self.best)
        loop.release()
        self._stop_if_hopeless(record)

    def _stop_if_hopeless(self, record: TrialRecord) -> None:
        self._failures = [*self._failures, record.reason] if record.state == "failed" else []
        if len(self._failures) >= FAILURES_IN_A_ROW and self.best is None:
            raise SearchError(
                f"The first {FAILURES_IN_A_ROW} trials all failed; the first one: {self._failures[0]}"
            )


def _beats(record: TrialRecord, best: TrialRecord | None, objective: Objective) -> bool:
    """Complete beats pruned and paused, whose score is that of a shorter training; limits come before
    scores, and a loss breaks ties.
    """
    if record.state == "failed" or not record.scores:
        return False
    if best is None:
        return True
    if best.feasible != record.feasible:
        return record.feasible
    if (best.state == "complete") != (record.state == "complete"):
        return record.state == "complete"
    if record.scores[0] == best.scores[0]:
        return tie_breaker(record.metrics) < tie_breaker(best.metrics)
    return objective.better(record.scores[0], best.scores[0])


def _nothing(state: str, records: Sequence[TrialRecord]) -> str:
    lost = "No trial ended with a model, so there is nothing to return."
    if state == "interrupted":
        return f"{lost} The search was interrupted early; `automl resume` goes on with it."
    reasons = [record.reason for record in records if record.reason]
    if reasons:
        return f"{lost} Reason of the last failure: {reasons[-1]}"
    return f"{lost} The time was over before the first trial began: give it more time."
