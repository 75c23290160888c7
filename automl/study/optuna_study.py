"""A proposer that is an Optuna study: by ask and tell, kept in a storage, to be gone on with after a stop.

What is stored: a trial's parameters are Optuna's own, without the constants; the rest of its record is
the user attribute ``record``. A trial exists in the study from the moment it is asked for. One process at
a time works on a study: trials that are found running when it is opened were interrupted, and are handed
out again under their numbers, with their configurations, before anything new.
"""

from __future__ import annotations

import time
import warnings
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import optuna
from optuna.pruners import NopPruner
from optuna.trial import FrozenTrial, Trial, TrialState

from automl.core.errors import ConfigError
from automl.core.specs import Objective, Scalar, TrialRecord
from automl.core.specs import TrialState as State
from automl.spaces.loading import dump_space
from automl.spaces.parameters import Constant
from automl.spaces.space import SearchSpace
from automl.study.distributions import suggested
from automl.study.front import best_records
from automl.study.grid import grid_points
from automl.study.plots import draw_study
from automl.study.proposer import Proposal
from automl.study.pruners import build_pruner
from automl.study.record import checked_record
from automl.study.samplers import build_sampler
from automl.study.storage import JOURNAL, open_storage

_STATES: dict[TrialState, State] = {
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
}
_SECONDS_BETWEEN_REPORTS = 1.0
_TOLD = {state: trial_state for trial_state, state in _STATES.items()}


def open_proposer(
    *,
    folder: Path,
    name: str,
    space: SearchSpace,
    objectives: tuple[Objective, ...],
    sampler: str = "tpe",
    pruner: str = "median",
    seed: int = 0,
    storage: str | None = None,
    use_portfolio: bool = True,
) -> OptunaProposer:
    """Create a study, or go on with the one that is there.

    Args:
        folder: the job folder; without ``storage`` the study is its file ``study.journal``.
        name: the job's name, which is the study's.
        space: what to search; its ``epochs`` are the full length of a trial for the pruner.
        objectives: what is optimised, the first one pruned by.
        sampler: one of ``SAMPLERS``.
        pruner: one of ``PRUNERS``; without effect on several objectives.
        seed: the n-th trial of a study is the same for the same seed, space and scores, also when the
            study was stopped and opened again in between.
        storage: see ``open_storage``.
        use_portfolio: begin with the space's portfolio; a grid never does.

    Raises:
        ConfigError: unknown sampler or pruner, a storage that cannot be opened, or a study of that name
            made for something else.
        MissingDependencyError: the sampler or the storage needs a library that is not installed.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        storage=open_storage(folder, storage),
        study_name=name,
        sampler=build_sampler(sampler, seed=seed, number=0, objectives=len(objectives)),
        pruner=build_pruner(pruner if len(objectives) == 1 else "none", space.epochs),
        directions=[objective.direction for objective in objectives],
        load_if_exists=True,
    )
    _claim(study, space, objectives)
    notes: tuple[str, ...] = ()
    if len(objectives) > 1 and pruner != "none":
        notes = (
            f"Pruner {pruner!r} is off: a trial is judged by one curve, and there are several objectives.",
        )
    return OptunaProposer(
        study=study,
        space=space,
        objectives=objectives,
        sampler=sampler,
        seed=seed,
        starts=space.starts() if use_portfolio and sampler != "grid" else [],
        notes=notes,
    )


def load_study(folder: Path, name: str, storage: str | None = None) -> optuna.Study:
    """Open a job's study to look at it.

    Args:
        folder: the job folder.
        name: the job's name.
        storage: see ``open_storage``.

    Raises:
        ConfigError: there is no such study, or its storage cannot be opened.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        return optuna.load_study(study_name=name, storage=open_storage(folder, storage))
    except KeyError as error:
        raise ConfigError(f"There is no study {name!r} in {storage or folder / JOURNAL}.") from error


class OptunaProposer:
    """One study; made by ``open_proposer``.

    Attributes:
        study: the Optuna study.
        notes: what a user should be told about the settings.
    """

    def __init__(
        self,
        *,
        study: optuna.Study,
        space: SearchSpace,
        objectives: tuple[Objective, ...],
        sampler: str,
        seed: int,
        starts: list[dict[str, Scalar]],
        notes: tuple[str, ...] = (),
    ) -> None:
        self.study = study
        self.notes = notes
        self._space = space
        self._objectives = objectives
        self._sampler = sampler
        self._seed = seed
        self._starts = starts
        self._running: dict[int, Trial] = {}
        self._reached: dict[int, int] = {}
        self._reported = 0.0
        self._interrupted = deque(study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)))
        self._grid = self._untried() if sampler == "grid" else None

    @property
    def interrupted(self) -> tuple[int, ...]:
        """Numbers of the trials that a stop cut short and that are still to be handed out again."""
        return tuple(trial.number for trial in self._interrupted)

    def ask(self) -> Proposal | None:
        """Return what to try next: interrupted trials, the portfolio, then the sampler's proposals."""
        trial = self._resumed() if self._interrupted else self._new()
        if trial is None:
            return None
        self.study.sampler = build_sampler(
            self._sampler, seed=self._seed, number=trial.number, objectives=len(self._objectives)
        )
        configuration = self._space.walk(lambda parameter: suggested(trial, parameter))
        trial.set_user_attr("configuration", configuration)
        self._running[trial.number] = trial
        origin = str(trial.user_attrs.get("origin", "sampler"))
        return Proposal(number=trial.number, configuration=configuration, origin=origin)

    def report(self, number: int, epoch: int, value: float) -> bool:
        """Report the first objective after an epoch; returns whether to prune the trial.

        Epochs that an interrupted attempt had reported already are neither stored nor judged again. With
        a pruner every epoch is stored; without, one a second, as each one waits for the disk.
        """
        trial = self.trial(number)
        if isinstance(self.study.pruner, NopPruner) and not self._due():
            return False
        if len(self._objectives) > 1 or epoch < self._reached.get(number, 0):
            return False
        if epoch != self._reached.get(number):
            trial.report(float(value), epoch)
        return trial.should_prune()

    def _due(self) -> bool:
        now = time.monotonic()
        if now - self._reported < _SECONDS_BETWEEN_REPORTS:
            return False
        self._reported = now
        return True

    def tell(self, record: TrialRecord, facts: Mapping[str, Any]) -> None:
        """Record a finished trial for ever.

        Args:
            record: how it ended; complete with scores that are not finite counts as failed.
            facts: anything that is plain JSON.

        Raises:
            ConfigError: the trial is not running, or has another number of scores.
        """
        trial = self.trial(record.number)
        kept = checked_record(record, len(self._objectives))
        # two writes instead of a dozen: every one is flushed to the disk
        trial.set_user_attr("record", _plain(kept))
        if facts:
            trial.set_user_attr("facts", dict(facts))
        scores = list(kept.scores) if kept.state == "complete" else None
        # the state comes last: a process killed before it leaves an interrupted trial, not half a record
        self.study.tell(trial, scores, state=_TOLD[kept.state])
        del self._running[record.number]

    def records(self) -> Sequence[TrialRecord]:
        """Every finished trial, by number, from the storage alone."""
        trials = self.study.get_trials(deepcopy=False, states=tuple(_STATES))
        return [_record(trial) for trial in sorted(trials, key=lambda trial: trial.number)]

    def front(self) -> Sequence[TrialRecord]:
        """The best trial, or the Pareto front."""
        return best_records(self.records(), self._objectives)

    def facts(self, number: int) -> Mapping[str, Any]:
        """Return the facts that were told with a trial."""
        found: Mapping[str, Any] = self.study.get_trials(deepcopy=False)[number].user_attrs.get("facts", {})
        return found

    def plots(self, folder: Path) -> list[Path]:
        """Draw the study's history, importances, parallel coordinates and slices; see ``draw_study``."""
        return draw_study(self.study, self._objectives, folder)

    def trial(self, number: int) -> Trial:
        """Return the Optuna trial that runs under a number, for a user's own suggestions.

        Raises:
            ConfigError: no such trial is running.
        """
        if number not in self._running:
            raise ConfigError(f"trial {number} is not running, so it cannot be reported or told.")
        return self._running[number]

    def _resumed(self) -> Trial:
        frozen = self._interrupted.popleft()
        if frozen.last_step is not None:
            self._reached[frozen.number] = frozen.last_step
        return Trial(self.study, frozen._trial_id)

    def _new(self) -> Trial | None:
        if not self.study.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
            start = self._next_start()
            if start is not None:
                # one at a time: a trial that waits would be a row without a result
                self._enqueue(start, "portfolio")
            elif self._grid is not None:
                point = next(self._grid, None)
                if point is None:
                    return None
                self._enqueue(point, "sampler")
        return self.study.ask()

    def _next_start(self) -> dict[str, Scalar] | None:
        trials = self.study.get_trials(deepcopy=False)
        used = sum(trial.user_attrs.get("origin") == "portfolio" for trial in trials)
        return self._starts[used] if used < len(self._starts) else None

    def _enqueue(self, configuration: Mapping[str, Scalar], origin: str) -> None:
        constants = {item.name for item in self._space.parameters if isinstance(item, Constant)}
        searched = {name: value for name, value in configuration.items() if name not in constants}
        self.study.enqueue_trial(searched, user_attrs={"origin": origin})

    def _untried(self) -> Iterator[dict[str, Scalar]]:
        trials = self.study.get_trials(deepcopy=False)
        tried = [trial.user_attrs.get("configuration") for trial in trials]
        return (point for point in grid_points(self._space, self._seed) if point not in tried)


def _claim(study: optuna.Study, space: SearchSpace, objectives: tuple[Objective, ...]) -> None:
    """Mark a new study as ours; refuse one that was made for something else."""
    wanted = {
        "objectives": [f"{objective.label}:{objective.direction}" for objective in objectives],
        "space": dump_space(space),
    }
    known = study.user_attrs
    if not known and not study.get_trials(deepcopy=False):
        for key, value in wanted.items():
            study.set_user_attr(key, value)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            study.set_metric_names([objective.label for objective in objectives])
    for key, what in (("objectives", "other objectives"), ("space", "another search space")):
        if study.user_attrs.get(key) != wanted[key]:
            raise ConfigError(
                f"The study {study.study_name!r} in this storage was made for {what}"
                f"{_told_apart(study.user_attrs.get(key), wanted[key])}. Take another name, output folder "
                "or storage, or the settings that it was made with."
            )


def _told_apart(came: object, wanted: object) -> str:
    if isinstance(came, list) and isinstance(wanted, list):
        return f": {', '.join(map(str, came))} instead of {', '.join(map(str, wanted))}"
    return ""


def _plain(record: TrialRecord) -> dict[str, Any]:
    """A record as plain JSON, without what Optuna keeps itself."""
    return {
        "configuration": dict(record.configuration),
        "scores": [float(score) for score in record.scores],
        "metrics": {name: float(value) for name, value in record.metrics.items()},
        "epochs": int(record.epochs),
        "best_epoch": int(record.best_epoch),
        "seconds": float(record.seconds),
        "seed": int(record.seed),
        "reason": record.reason,
        "run_id": record.run_id,
        "spread": None if record.spread is None else float(record.spread),
        "effort": {name: float(value) for name, value in record.effort.items()},
    }


def _record(trial: FrozenTrial) -> TrialRecord:
    """A trial's record; one that was added by other hands has only what Optuna knows."""
    values = trial.values if trial.state == TrialState.COMPLETE else None
    kept = {"configuration": trial.params, "scores": values or (), **trial.user_attrs.get("record", {})}
    scores = tuple(kept.pop("scores"))
    return TrialRecord(number=trial.number, state=_STATES[trial.state], scores=scores, **kept)
