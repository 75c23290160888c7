"""The best trial once more: with other seeds, and on fewer rows."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import numpy as np

from automl.core.seeds import derive
from automl.core.specs import COSTS, TrialRecord
from automl.core.taking import each_taken
from automl.core.targets import count_rows
from automl.execution.executor import INTERRUPTED, Alone, Message
from automl.jobs.intake.setting import Setting
from automl.jobs.report.validated import Point
from automl.jobs.session import Session
from automl.jobs.trial.plan import Plan
from automl.jobs.trial.states import States
from automl.jobs.trial.trial import run_trial

if TYPE_CHECKING:
    from automl.data.modality import Examples

SHARES = (1 / 8, 1 / 4, 1 / 2, 1.0)
"""Of the rows; on all of them once more, too, as the score that won the search was chosen, and flatters."""

LONGER = 4
"""Times as many epochs that a training on fewer rows may take, so that it makes as many steps."""

LEAST_ROWS = 50
"""A share of fewer rows says nothing."""

TIME_SHARE = 0.6
"""Share of the time left that one more training may take."""


@dataclass(frozen=True, kw_only=True)
class Again:
    """Trains the best trial again.

    Attributes:
        session: the job.
        record: of the trial.
        ended: whether the user has ended the search.
    """

    session: Session
    record: TrialRecord
    ended: Callable[[], bool]

    def seeds(self, count: int) -> tuple[float, ...]:
        """Return its score, and those with other seeds, as many as there is time for."""
        found: list[float] = []
        for number in range(1, count + 1):
            seed = derive(self.session.config.seed, "repeated", number)
            score = self._score(self.session.setting, seed, f"with seed {number} of {count}")
            if score is None:
                self._short(f"{len(found)} of {count} repeated trainings", "repeat_seeds")
                break
            found.append(score)
        return (self.record.scores[0], *found) if found else ()

    def curve(self, repeated: Sequence[float] = ()) -> tuple[Point, ...]:
        """Return its score by rows, all of them last; nothing where there is no time for all points.

        Args:
            repeated: scores with other seeds on all rows, where these are known.
        """
        setting = self.session.setting
        total = _rows(setting)
        found: list[Point] = []
        order = _order(self.session)
        for share in SHARES:
            if share * total < LEAST_ROWS:
                continue
            if share == 1.0 and repeated:
                found.append(Point(rows=total, score=mean(repeated)))
                continue
            some = _on_share(setting, order, share, self.record)
            seed = derive(self.session.config.seed, "curve", round(1 / share))
            score = self._score(some, seed, f"on {share:.3g} of the rows", share)
            if score is None:
                self._short(f"{len(found)} of {len(SHARES)} points of the learning curve", "learning_curve")
                return ()
            found.append(Point(rows=_rows(some), score=score))
        return tuple(found)

    def _score(self, setting: Setting, seed: int, what: str, share: float = 1.0) -> float | None:
        """The first score of one more training; None where there is no time, or it fails."""
        left, record = self.session.seconds_left, self.record
        effort, times = min(LONGER * share, 1.0), min(LONGER, 1 / share)
        longer = times if setting.epochs_per_pass == 1 else 1.0
        until = math.ceil(longer * record.epochs) if record.state != "complete" else None
        if self.ended() or (left is not None and TIME_SHARE * left < effort * record.seconds):
            return None
        plan = Plan(
            number=record.number,
            configuration=record.configuration,
            until=until,
            seed=seed,
            run_id="",
            limit=None if left is None else TIME_SHARE * left,
        )
        phases = self.session.intake.source.phases
        with tempfile.TemporaryDirectory() as folder, phases.phase(f"training again {what}"):
            end = run_trial(
                setting, plan, States(folder=Path(folder), note=lambda text: None), _Spared(self.ended)
            )
        setting.release()
        if end is None or not end.record.scores or end.record.state in ("failed", "pruned"):
            return None
        return end.record.scores[0] if math.isfinite(end.record.scores[0]) else None

    def _short(self, what: str, option: str) -> None:
        why = "the search was ended" if self.ended() else "there was no time for more"
        self.session.progress.note(f"Only {what} could be made ({option}): {why}.")


class _Spared(Alone):
    """A channel that ends a training when the user has ended the search: it can be spared.

    Args:
        ended: whether the user has.
    """

    def __init__(self, ended: Callable[[], bool]) -> None:
        self._ended = ended

    def say(self, message: Message) -> str:
        """See ``Channel``."""
        return INTERRUPTED if self._ended() else ""


def can_repeat(session: Session) -> bool:
    """Whether one more training says something: not where a cost is searched for."""
    return session.intake.objectives[0].name not in COSTS


def trainings(seeds: int | None, curve: bool) -> float:
    """Return how many trainings of the best trial these take, for the time that is kept back."""
    return (seeds or 0) + (sum(min(LONGER * share, 1.0) for share in SHARES) if curve else 0.0)


def _rows(setting: Setting) -> int:
    """Rows that a network is trained on; with folds on average."""
    if setting.parts:
        return round(float(np.mean([len(part.train) for part in setting.parts])))
    return count_rows(setting.prepared.split.train_targets)


def _on_share(setting: Setting, order: np.ndarray, share: float, record: TrialRecord) -> Setting:
    """The same with the first rows of an order alone, and so many more epochs.

    Args:
        setting: what trials share.
        order: of all rows that are trained on: which are the first to be taken ``(n,)``.
        share: of them.
        record: of the trial.
    """
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    if setting.parts:
        parts = tuple(
            replace(part, train=np.sort(part.train[_first(place[part.train], share)]).astype(np.int32))
            for part in setting.parts
        )
        found = replace(setting, parts=parts)
    else:
        split = setting.prepared.split
        rows = np.sort(_first(place, share))
        less = replace(
            split,
            train=each_taken(split.train, rows),
            train_targets=each_taken(split.train_targets, rows),
        )
        found = replace(setting, prepared=replace(setting.prepared, split=less))
    if setting.epochs_per_pass > 1:
        return found  # an epoch is so many steps, and not a pass
    family, _ = setting.dealt(record.configuration)
    epochs = math.ceil(setting.epochs[family] * min(LONGER, 1 / share))
    return replace(found, epochs={**setting.epochs, family: epochs})


def _first(place: np.ndarray, share: float) -> np.ndarray:
    """Positions of the rows that come first, a share of them."""
    return np.argsort(place, kind="stable")[: max(1, round(share * len(place)))]


def _order(session: Session) -> np.ndarray:
    """In which order rows are taken ``(n,)``: the latest first, group by group, or at random."""
    intake = session.intake
    folds, examples = intake.folds, intake.dataset.examples
    rows = folds[0].train if len(folds) == 1 else np.arange(len(examples))
    random = np.random.default_rng(derive(session.config.seed, "curve"))
    windows = intake.dataset.windows
    times = windows.origins if windows is not None else examples.times
    if times is not None:
        return np.argsort(times[rows], kind="stable")[::-1]
    if examples.groups is None:
        return random.permutation(len(rows))
    return _by_group(examples, rows, random)


def _by_group(examples: Examples, rows: np.ndarray, random: np.random.Generator) -> np.ndarray:
    if examples.groups is None:
        raise ValueError("there are no groups")
    _, codes = np.unique(np.asarray(examples.groups)[rows].astype(str), return_inverse=True)
    drawn = random.permutation(int(codes.max()) + 1)
    return np.argsort(drawn[codes], kind="stable")
