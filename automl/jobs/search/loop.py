"""The loop of every search: ask, dispatch, listen, tell, until the budget is used or the user stops it."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from automl.core.errors import SearchError
from automl.core.phases import Timings
from automl.core.seeds import derive
from automl.core.specs import Configuration, EpochRecord, Objective, TrialRecord
from automl.execution.executor import INTERRUPTED, Ended, Executor, Message, Task
from automl.jobs.progress import Announcement, Progress
from automl.jobs.search.budget import Budget
from automl.jobs.search.companions import Companions
from automl.jobs.search.interrupts import Interrupts
from automl.jobs.search.shield import Shield
from automl.jobs.trial.epochs import Epochs
from automl.jobs.trial.plan import Plan, TrialEnd, beats, best_of
from automl.spaces.space import family_of
from automl.study.proposer import Horizon, Proposal, Proposer
from automl.tracking.tracker import Tracker

FAILURES_IN_A_ROW = 10
"""With so many failures at the start and no success, the fault lies with the job, not with a trial."""

LARGEST_SHARE = 0.5
"""A trial that would take a larger share of the time left is ended after its second epoch, once there is
a model to return: a slow family must not eat the search."""


DEAR_SHARE = 0.95
"""The same where examples are dear to train on, so that one long trial is worth more than several short
ones, and a trial is shortened, not ended."""

USUAL_TIMES = 1.2
"""A trial that is shortened may take so many times what others have taken, however little time is left."""

SHORTEST = 0.3
"""A trial that would have to be shortened to a smaller share than this of the quickest so far is not begun:
it would learn too little to be worth the wait. Where examples are dear, of the longest: the quickest may be
a linear model."""


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
        executor: runs trials; what its runners say is described in ``jobs/trial/messages.py``.
        keep: is told of the end of each trial, and whether it is the best so far.
        bar: what a trial must beat to be kept, None for nothing.
        structure: the part of a configuration that decides about the shapes of its model; None where it
            is not known, and each trial is begun alone.
        shortens: whether trials are shortened to end in time, so that none is thrown away for its length.
        dear: whether examples are so dear to train on that few long trials are better than many short ones.
        show: a configuration as users read it, and the trial's full length in epochs.
        epochs: the journal of epochs.
        timings: is told how long the first epoch took.
        finishing: seconds that are to be kept back for the end at least, by what the job has shown so far.
    """

    name: str
    objectives: tuple[Objective, ...]
    proposer: Proposer
    tracker: Tracker
    progress: Progress
    budget: Budget
    seed: int
    executor: Executor[Plan, TrialEnd]
    keep: Callable[[TrialEnd, bool], None]
    show: Callable[[Configuration], tuple[Mapping[str, Any], int]]
    bar: Callable[[], TrialRecord | None] = lambda: None
    structure: Callable[[Configuration], Configuration] | None = None
    shortens: bool = False
    dear: bool = False
    epochs: Epochs = field(default_factory=Epochs)
    timings: Timings = field(default_factory=Timings)
    finishing: Callable[[], float] = lambda: 0.0


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a loop ended with: the best trial, and ``complete`` or ``interrupted``."""

    best: TrialRecord
    state: str


def run_trials(loop: Loop) -> Found:
    """Run trials until the budget is used or the user interrupts.

    Raises:
        SearchError: no trial succeeded.
        KeyboardInterrupt: the user interrupted before there was a model.
    """
    loop = replace(loop, progress=Shield(loop.progress))
    rounds = _Rounds(loop)
    earlier = loop.proposer.records()
    loop.tracker.catch_up(
        (replace(record, configuration=loop.show(record.configuration)[0]) for record in earlier),
        loop.epochs.earlier,
    )
    loop.progress.start(
        Announcement(
            name=loop.name,
            objectives=loop.objectives,
            trials=loop.budget.trials,
            deadline=loop.budget.deadline,
            earlier=earlier,
        )
    )
    state = "interrupted"
    try:
        with Interrupts(loop.progress.note) as interrupts:
            rounds.run(interrupts)
            if not interrupts.requested:
                rounds.close()
                state = "complete"
        if loop.proposer.ended:
            loop.progress.note(loop.proposer.ended)
    except KeyboardInterrupt:
        pass  # what was told so far is the result
    finally:
        loop.executor.close()
        loop.epochs.close()
        loop.progress.stop()
    if rounds.best is None and state == "interrupted":
        raise KeyboardInterrupt  # as before the first trial: nothing is lost, and nothing has failed
    if rounds.best is None:
        raise SearchError(_nothing(loop.proposer.records()))
    return Found(best=rounds.best, state=state)


@dataclass
class _Watched:
    """A trial that is running: what it has told so far.

    Attributes:
        proposal: what it was.
        epochs: its full length.
        best: the best value of the first objective.
        heard: the last epoch it told of; an epoch that is trained again after a crash is not told again.
        group: number of the first of those that were begun with it.
    """

    proposal: Proposal
    group: int
    epochs: int
    best: float | None
    heard: int
    began: float = field(default_factory=time.monotonic)


class _Rounds:
    """The state of one loop: what runs, what has ended, the best, failures since the last success.

    Also how long the trials of each family took to their first rung.
    """

    def __init__(self, loop: Loop) -> None:
        records = loop.proposer.records()
        self._loop = loop
        self._begun = len(records)
        self._done = sum(record.pauses + (record.state != "paused") for record in records)
        self._failures: list[str] = []
        self._startup = 0.0
        self._lengths: list[float] = []
        self._least: float | None = None
        self._looks: defaultdict[str, list[float]] = defaultdict(list)
        self._companions = Companions(loop.budget.trials)
        self._watched: dict[int, _Watched] = {}
        self._untold: list[tuple[str, EpochRecord]] = []
        self.best = best_of(records, loop.objectives[0])

    def run(self, interrupts: Interrupts) -> None:
        def stopping() -> bool:
            self._pass_on()  # asked once for all that was heard at once
            return interrupts.requested or self._loop.budget.over()

        for ended in self._loop.executor.run(self._draw, self._hear, stopping):
            watched = self._watched.pop(ended.task.number)
            if ended.lost != INTERRUPTED:
                self._told(_end_of(ended), watched)

    @property
    def _budget(self) -> Budget:
        """The budget, less what the end is known to take by now."""
        return self._loop.budget.keeping(self._loop.finishing())

    def close(self) -> None:
        """End the trials that still wait: nothing more is searched."""
        for record in self._loop.proposer.close():
            self._loop.tracker.end_trial(record)

    def _draw(self) -> Task[Plan] | None:
        budget = self._budget
        horizon = budget.horizon(self._begun, self._startup, self._least)
        proposal = None if horizon is None else self._loop.proposer.ask(horizon)
        if horizon is None or proposal is None:
            return None
        proposals = [proposal, *self._alike(proposal, horizon)]
        self._begun += sum(item.paused is None for item in proposals)
        task, *beside = [
            Task(
                number=item.number,
                payload=self._plan(item, proposal.number),
                deadline=budget.trial_deadline(),
            )
            for item in proposals
        ]
        return replace(task, beside=tuple(beside))

    def _alike(self, proposal: Proposal, horizon: Horizon) -> Iterator[Proposal]:
        """Further configurations of the structure of one that is begun, where that pays."""
        if self._loop.structure is None or proposal.paused is not None:
            return
        count = self._companions.count(family_of(proposal.configuration), horizon)
        fixed = self._loop.structure(proposal.configuration) if count > 1 else {}
        for _ in range(1, count):
            if (another := self._loop.proposer.ask_like(fixed, horizon)) is None:
                return
            yield another

    def _plan(self, proposal: Proposal, group: int) -> Plan:
        loop, paused = self._loop, proposal.paused
        shown, epochs = loop.show(proposal.configuration)
        seed = derive(loop.seed, "trial", proposal.number)
        loop.progress.trial_started(proposal.number, shown, epochs)
        self._watched[proposal.number] = _Watched(
            proposal=proposal,
            group=group,
            epochs=epochs,
            best=paused.scores[0] if paused and paused.scores else None,
            heard=paused.epochs if paused else 0,
        )
        return Plan(
            number=proposal.number,
            configuration=proposal.configuration,
            origin=proposal.origin,
            until=proposal.until,
            levels=proposal.levels,
            paused=paused,
            seed=seed,
            run_id=loop.tracker.start_trial(proposal.number, shown, seed=seed),
            best=self.best,
            bar=loop.bar(),
            limit=self._limit(proposal),
        )

    def _limit(self, proposal: Proposal) -> float | None:
        """Seconds to a new trial's first rung; one that does not pause is judged by ``_too_slow``, or is
        shortened to a share of the time left.
        """
        # without a model a slow one is better than none
        if proposal.paused is not None or self.best is None:
            return None
        if proposal.until is None:
            return self._shortened() if self._loop.shortens else None
        return self._budget.first_look(self._looks[family_of(proposal.configuration)])

    def _shortened(self) -> float | None:
        """Seconds that a trial is shortened to: its share of the time left, or what others have taken."""
        share = self._budget.share(DEAR_SHARE if self._loop.dear else LARGEST_SHARE)
        if share is None or not self._lengths:
            return share
        return max(share, USUAL_TIMES * statistics.median(self._lengths))

    def _hear(self, task: Task[Plan], message: Message) -> str:
        kind, watched = message["event"], self._watched[task.number]
        if kind == "epoch" and message["number"] > watched.heard:
            return self._epoch(task.payload, watched, message)
        if kind == "retry":
            self._loop.progress.note(f"Trial {task.number} moves to another worker: {message['reason']}.")
        if kind == "note":
            self._loop.progress.note(message["text"])
        return ""

    def _epoch(self, plan: Plan, watched: _Watched, message: Message) -> str:
        """Pass an epoch on; returns why the trial is to be pruned, or empty."""
        loop, number, metrics = self._loop, message["number"], message["metrics"]
        if watched.heard == 0:
            if not self._startup:
                loop.timings.add("the first epoch", watched.began)
            self._startup = max(self._startup, time.monotonic() - watched.began)
        watched.heard = number
        self._untold.append((plan.run_id, loop.epochs.note(plan.number, number, metrics)))
        loop.progress.epoch(plan.number, number, metrics)
        objective = loop.objectives[0]
        value = metrics.get(objective.label)
        if value is not None:
            # the best so far, which is what the trial is worth: its weights are the ones kept
            watched.best = value if objective.better(value, watched.best) else watched.best
            if watched.best is not None and loop.proposer.report(plan.number, number, watched.best):
                return f"pruned after epoch {number}"
        # one that pauses does not eat the search
        return "" if plan.until is not None else self._too_slow(number, message["seconds"], watched.epochs)

    def _too_slow(self, number: int, seconds: float, epochs: int) -> str:
        deadline = self._budget.deadline
        if number != 2 or deadline is None or self.best is None or self._loop.shortens:
            return ""
        needed, left = seconds * (epochs - 2), deadline - time.monotonic()
        if needed <= LARGEST_SHARE * left:
            return ""
        return f"too slow: it would take {needed:.0f} s more of the {max(left, 0):.0f} s left"

    def _pass_on(self) -> None:
        """Write the epochs down that were heard since, and then tell the tracker."""
        self._loop.epochs.write()
        for run_id, epoch in self._untold:
            self._loop.tracker.log_epoch(run_id, epoch.number, epoch.metrics, at=epoch.time)
        self._untold.clear()

    def _told(self, end: TrialEnd, watched: _Watched) -> None:
        loop, record = self._loop, end.record
        self._pass_on()  # its epochs come before its end
        best = beats(record, self.best, loop.objectives[0])
        self.best = record if best else self.best
        loop.keep(end, best)
        if watched.proposal.paused is None:
            self._companions.note(family_of(record.configuration), watched.group, record)
        if record.state == "paused":
            if record.pauses == 1:
                self._looks[family_of(record.configuration)].append(record.seconds)
            loop.proposer.pause(record)
            loop.tracker.pause_trial(record)
        else:
            self._note_length(record)
            loop.proposer.tell(record, {})
            loop.tracker.end_trial(record)
        self._done += 1
        if self.best is not None:
            scores = zip(loop.objectives, self.best.scores, strict=True)
            loop.tracker.log_best(self._done, {f"best_{item.label}": score for item, score in scores})
        loop.progress.trial_ended(record, self.best)
        self._stop_if_hopeless(record)

    def _note_length(self, record: TrialRecord) -> None:
        """Remember how long a trial took, and the least to which one may be shortened."""
        if self._loop.shortens and record.state == "complete" and record.reason != "deadline":
            self._lengths.append(record.seconds)
            least = record.compile_seconds + SHORTEST * (record.seconds - record.compile_seconds)
            chosen = max if self._loop.dear else min
            self._least = least if self._least is None else chosen(least, self._least)

    def _stop_if_hopeless(self, record: TrialRecord) -> None:
        self._failures = [*self._failures, record.reason] if record.state == "failed" else []
        if len(self._failures) >= FAILURES_IN_A_ROW and self.best is None:
            raise SearchError(
                f"The first {FAILURES_IN_A_ROW} trials all failed; the first one: {self._failures[0]}"
            )


def _end_of(ended: Ended[Plan, TrialEnd]) -> TrialEnd:
    if ended.result is not None:
        return ended.result
    return TrialEnd(record=ended.task.payload.lost(ended.lost))


def _nothing(records: Sequence[TrialRecord]) -> str:
    lost = "No trial produced a model, so there is nothing to return."
    reasons = [record.reason for record in records if record.reason]
    if reasons:
        return f"{lost} Reason of the last failure: {reasons[-1]}"
    return f"{lost} Time ran out before the first trial started: allow more time."
