"""The way from a project of KerasTuner's kind to a study of ours: where it lies, what it remembers."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.core.job_names import name_of
from automl.core.seeds import derive
from automl.core.specs import Objective, Scalar, TrialRecord, of_validation
from automl.jobs.config import JobConfig, dump_config
from automl.jobs.folder import JobFolder
from automl.jobs.intake.kept_options import kept_config
from automl.jobs.lock import locked
from automl.jobs.trial.plan import Plan
from automl.jobs.tune.kerastuner_project import PastTrial, is_project, past_trial, read_trials
from automl.kerastuner.dimensions import values_for
from automl.kerastuner.engine.hyperparameters import HyperParameters
from automl.kerastuner.engine.trial import Trial, TrialStatus
from automl.spaces.parameters import Parameter
from automl.spaces.space import SearchSpace
from automl.study.opening import open_proposer
from automl.study.optuna.optuna_study import OptunaProposer
from automl.study.storage.storage import JOURNAL

FACTS = "kerastuner"
"""Under this name a study keeps trials as the program saw them."""

CHIEF = "KERASTUNER_ORACLE_IP"
"""The variable by which KerasTuner's processes find the one that hands out trials."""

_MARKS = ("job.yaml", JOURNAL, "oracle.json", "tuner0.json")
"""Files of a project, of ours or of KerasTuner's: only what has one of them is ever removed."""


@dataclass(kw_only=True)
class Effort:
    """What is known of a trial while it runs, beside its values.

    Attributes:
        origin: who proposed it.
        plan: as the loop handed it out; None where the program asked the oracle itself.
        began: ``time.monotonic()``.
        epochs: trained in this session and before.
        reason: why it ended early, or empty.
    """

    origin: str = ""
    plan: Plan | None = None
    began: float = field(default_factory=time.monotonic)
    epochs: int = 0
    reason: str = ""


class Door:
    """One project and its study.

    Args:
        directory: where projects lie.
        project_name: the project's, and that of its study.
        objective: what is optimised.
        sampler: one of ``SAMPLERS``.
        seed: of the sampler, and of what the program leaves open.
        storage: see ``automl.tune``.
    """

    def __init__(
        self,
        *,
        directory: str | os.PathLike[str],
        project_name: str,
        objective: Objective,
        sampler: str,
        seed: int,
        storage: str | None = None,
    ) -> None:
        refuse_chief()
        self.folder = JobFolder((Path(directory) / project_name).absolute())
        self.name = name_of(project_name)
        self.objective = objective
        self.sampler = sampler
        self.seed = seed
        self.storage = storage
        self.efforts: dict[int, Effort] = {}
        self._opened: OptunaProposer | None = None

    @property
    def proposer(self) -> OptunaProposer:
        """The study, opened when it is first needed.

        Raises:
            ConfigError: it was made for another objective, or cannot be opened.
        """
        if self._opened is None:
            self.folder.path.mkdir(parents=True, exist_ok=True)
            known = self._of_kerastuner() if not self._begun and is_project(self.folder.path) else []
            self._opened = self._open()
            if known:
                self._take_over(self._opened, known)
                self._opened = self._open()
        return self._opened

    def _open(self) -> OptunaProposer:
        return open_proposer(
            folder=self.folder.path,
            name=self.name,
            space=SearchSpace(name=self.name, epochs=1, parameters=()),
            objectives=(self.objective,),
            sampler=self.sampler,
            pruner="none",
            seed=self.seed,
            storage=self.storage,
            use_portfolio=False,
        )

    def _of_kerastuner(self) -> list[tuple[Trial, PastTrial]]:
        """The trials of a project that KerasTuner began, once it is clear that they can be gone on with."""
        known = [(Trial.from_state(plain), past_trial(plain)) for plain in read_trials(self.folder.path)]
        numbers = [int(trial.trial_id) for trial, _ in known]
        wrong = "" if numbers == [*range(len(known))] else "trials are missing"
        if any(past.score is not None and self.objective.label not in past.metrics for _, past in known):
            wrong = f"it has not optimised {self.objective.label}"
        if wrong:
            raise ConfigError(
                f"{self.folder.path} is a project of KerasTuner that cannot be gone on with: {wrong}. Use "
                "another project_name, or overwrite=True."
            )
        return known

    def _take_over(self, proposer: OptunaProposer, known: Sequence[tuple[Trial, PastTrial]]) -> None:
        """Begin with earlier trials; those that were left running are run again."""
        for trial, past in known:
            values = trial.hyperparameters.values
            number = proposer.begin(values, past.known, "warm start").number
            if trial.status != TrialStatus.RUNNING:
                proposer.tell(self._record(number, trial, Effort()), {FACTS: trial.get_state()})

    @property
    def exists(self) -> bool:
        """Whether there are trials to go on with."""
        return self.storage is not None or self._begun or is_project(self.folder.path)

    @property
    def _begun(self) -> bool:
        return (self.folder.path / JOURNAL).exists()

    @contextmanager
    def held(self, config: JobConfig) -> Iterator[None]:
        """Hold the folder for a search; a second process is refused and told which one holds it."""
        self.folder.path.mkdir(parents=True, exist_ok=True)
        with locked(self.folder):
            if not self.folder.job.exists():
                write_whole(self.folder.job, dump_config(kept_config(config)))
            yield

    def earlier(self) -> Iterator[Trial]:
        """Yield the trials that have ended, as the program saw them, by number."""
        for record in self.proposer.records():
            state = self.proposer.facts(record.number).get(FACTS)
            if state is not None:
                yield Trial.from_state(state)

    def next_number(self) -> int:
        """Return the number of the next new trial."""
        return len(self.proposer.study.get_trials(deepcopy=False))

    def drawing(self, attempt: int = 0) -> tuple[Callable[[str, Parameter], Scalar], str]:
        """See ``OptunaProposer``."""
        return self.proposer.drawing(attempt)

    def begin(self, hyperparameters: HyperParameters, origin: str) -> int:
        """Begin a trial; returns its number."""
        values = dict(hyperparameters.values)
        proposal = self.proposer.begin(values, values_for(hyperparameters, values), origin)
        self.efforts[proposal.number] = Effort(origin=proposal.origin)
        return proposal.number

    def resume(self) -> tuple[int, Mapping[str, Any]] | None:
        """Return number and values of a trial that was cut short, None without one."""
        proposal = self.proposer.resume()
        if proposal is None:
            return None
        self.efforts[proposal.number] = Effort(origin=proposal.origin)
        return proposal.number, proposal.configuration

    def tell(self, trial: Trial) -> TrialRecord:
        """Record how a trial has ended, for ever; returns its record."""
        number = int(trial.trial_id)
        effort = self.efforts.pop(number, Effort())
        record = self._record(number, trial, effort)
        hyperparameters = trial.hyperparameters
        self.proposer.learn(number, values_for(hyperparameters, hyperparameters.values))
        self.proposer.tell(record, {FACTS: trial.get_state()})
        return record

    def record_of(self, number: int) -> TrialRecord | None:
        """Return the record of a trial that has ended, None of one that has not."""
        records: Sequence[TrialRecord] = self.proposer.records()
        return next((item for item in reversed(records) if item.number == number), None)

    def _record(self, number: int, trial: Trial, effort: Effort) -> TrialRecord:
        plan = effort.plan
        record = TrialRecord(
            number=number,
            configuration=dict(trial.hyperparameters.values),
            state="failed",
            epochs=effort.epochs,
            seconds=time.monotonic() - effort.began,
            seed=plan.seed if plan else derive(self.seed, "trial", number),
            run_id=plan.run_id if plan else "",
            origin=effort.origin,
            reason=_reason(trial.message or "") or effort.reason,
        )
        if trial.status != TrialStatus.COMPLETED or trial.score is None:
            return record
        means = {name: item.get_best_value() for name, item in trial.metrics.metrics.items()}
        known = {name: value for name, value in means.items() if value is not None}
        best = (trial.best_step or 0) + 1
        return replace(
            record,
            state="complete",
            scores=(trial.score,),
            metrics=of_validation(known),
            epochs=max(effort.epochs, best),
            best_epoch=best,
        )


def _reason(message: str) -> str:
    """The first line of a message, which names the error; its traceback follows."""
    return next(iter(message.strip().splitlines()), "")[:240]


def refuse_chief() -> None:
    """Refuse to be one of several processes that KerasTuner's variables describe.

    Raises:
        ConfigError: they are set.
    """
    if os.environ.get(CHIEF):
        raise ConfigError(
            f"{CHIEF} is set: the program is started as one of several processes of KerasTuner, which talk "
            "to a chief. Here one process runs the search; start the program once, without the variables "
            "KERASTUNER_*."
        )


def remove_project(path: Path) -> None:
    """Remove a project, of ours or of KerasTuner's.

    Raises:
        ConfigError: the folder holds something else.
    """
    if not path.exists():
        return
    if any(path.iterdir()) and not any((path / mark).exists() for mark in _MARKS):
        raise ConfigError(
            f"overwrite=True: {path} holds files and is no project of a tuner, so it is not removed. Name "
            "another directory or project_name, or empty it."
        )
    shutil.rmtree(path)
